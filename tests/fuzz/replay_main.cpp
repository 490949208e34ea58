// A plain main for compilers without libFuzzer: replays every file of a corpus and seeded mutations
// of them. `fuzz_x CORPUS_DIR [SEED]`; a crash leaves the input that made it in fuzz-crash-input.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 4000;
constexpr std::size_t kLongest = 1 << 16;

std::string current_input;
std::uint64_t current_seed = 1;

void on_crash(int signal) {
  std::fprintf(stderr, "crashed on %zu bytes; replay with seed %llu\n", current_input.size(),
               static_cast<unsigned long long>(current_seed));
  std::fwrite(current_input.data(), 1, current_input.size(), stderr);
  std::fputc('\n', stderr);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  current_input = input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

// One to four small edits: flip, insert, erase, repeat, splice with another input, cut.
std::string mutate(std::string text, const std::vector<std::string>& corpus, std::uint64_t bits) {
  const auto next = [&bits](std::size_t below) {
    bits = rehearse::mix64(bits);
    return static_cast<std::size_t>(bits % std::max<std::size_t>(below, 1));
  };
  static const std::string interesting = "\"{}[]:,\\\r\n-0919.eE%/=&;\x00\xFF\xC3\xED";
  for (std::size_t edits = 1 + next(4); edits > 0; --edits) {
    const std::size_t at = next(text.size() + 1);
    const char byte =
        next(2) == 0 ? interesting[next(interesting.size())] : static_cast<char>(next(256));
    switch (next(6)) {
      case 0:
        if (at < text.size()) {
          text[at] = byte;
        }
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + next(8));
        break;
      case 3:
        text.insert(at, text.substr(at, 1 + next(32)));
        break;
      case 4:
        text = text.substr(0, at) + corpus[next(corpus.size())];
        break;
      default:
        text.resize(at);
        break;
    }
  }
  text.resize(std::min(text.size(), kLongest));
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> corpus{""};
  if (argc > 1 && std::filesystem::is_directory(argv[1])) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
      files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ifstream in(file, std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  current_seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::signal(SIGABRT, on_crash);
  std::signal(SIGSEGV, on_crash);
  for (const std::string& input : corpus) {
    run(input);
  }
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    const std::uint64_t bits = rehearse::mix64(current_seed * 1'000'003 + i);
    run(mutate(corpus[bits % corpus.size()], corpus, bits));
  }
  std::printf("%zu inputs and %d mutations of them\n", corpus.size(), kMutations);
  return 0;
}
