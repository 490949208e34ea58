#pragma once

#include <catch2/catch.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

// The program as its users meet it, for tests: a folder, and what it says there.
namespace rehearse::test {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "rehearse-cli-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path / name) << content;
    return (path / name).string();
  }
  fs::path path;
};

struct Said {
  int code = -1;
  std::string out;
  std::string err;
};

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Runs `rehearse WORDS` in the folder, for at most 60 s.
inline Said rehearse_in(const Folder& folder, const std::string& words,
                        const std::string& setup = "") {
  const std::string command = "cd '" + folder.path.string() + "' && " + setup +
                              " timeout 60 " REHEARSE_BINARY " " + words +
                              " > out.txt 2> err.txt < /dev/null";
  const int status = std::system(command.c_str());
  Said said;
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  said.out = read_file(folder.path / "out.txt");
  said.err = read_file(folder.path / "err.txt");
  fs::remove(folder.path / "out.txt");
  fs::remove(folder.path / "err.txt");
  return said;
}

inline std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

inline const char* const kSmall = R"({
  "scenario": "small",
  "parameters": { "model": "gpt-4o-mini" },
  "stages": { "draft": { "call": "openai.chat", "model": "${model}",
                         "input_tokens": 100, "output_tokens": 50,
                         "time": { "typical": "2s" } },
              "save": { "wait": "100ms", "needs": ["draft"] } },
  "variants": { "fast": { "change": { "stages": { "draft": { "time": { "typical": "1s" } } } } },
                "slow": { "change": { "stages": { "draft": { "time": { "typical": "3s" } } } } }
  } })";

// Exit code 2, words in the only line, nothing new in the folder.
inline void refused(const Folder& folder, const std::string& words,
                    const std::vector<std::string>& expected) {
  std::vector<std::string> before;
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    before.push_back(entry.path().filename());
  }
  const Said said = rehearse_in(folder, words);
  CAPTURE(words, said.out, said.err);
  CHECK(said.code == 2);
  CHECK(said.out.empty());
  CHECK(lines(said.err) == 1);
  for (const std::string& word : expected) {
    CHECK(said.err.find(word) != std::string::npos);
  }
  std::size_t after = 0;
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    after += entry.exists() ? 1U : 0U;
  }
  CHECK(after == before.size());
}

}  // namespace rehearse::test
