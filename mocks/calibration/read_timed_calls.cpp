#include "mocks/calibration/read_timed_calls.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "harness/base/text.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::calibration {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kMostFileBytes = 1u << 30;

void take_limits(const record::RecordedCall& call, CallTable& table) {
  for (const auto& [name, value] : call.headers) {
    const std::string_view key = name == "x-ratelimit-limit-requests" ? "rpm"
                                 : name == "x-ratelimit-limit-tokens" ? "tpm"
                                                                      : "";
    std::int64_t count = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), count);
    if (!key.empty() && parsed.ec == std::errc() && count > 0 && count < 1'000'000'000'000) {
      std::int64_t& limit = table.limits[std::string(key)];
      limit = std::max(limit, count);
    }
  }
}

Result<CallTable> load_recording(const fs::path& path, std::string_view provider) {
  const Result<std::vector<record::RecordedCall>> calls = record::load_calls(path);
  if (!calls) {
    return calls.errors();
  }
  CallTable table;
  for (const record::RecordedCall& call : *calls) {
    if (!provider.empty() && call.provider != provider) {
      continue;
    }
    take_limits(call, table);
    const bool answered = call.end == record::CallEnd::Answered;
    if (answered && call.status >= 200 && call.status < 300) {
      table.calls.push_back(timed_call(call));
    } else if (call.end != record::CallEnd::Open && call.end != record::CallEnd::ClientLeft) {
      ++table.failed;
      if (answered && call.status >= 400) {
        ++table.errors[call.status];
      }
    }
  }
  return table;
}

}  // namespace

TimedCall timed_call(const record::RecordedCall& call) {
  TimedCall out;
  out.provider = call.provider;
  out.operation = call.operation;
  out.model = call.model;
  out.size = call.size;
  out.quality = call.quality;
  out.input_tokens = call.usage.input_tokens;
  out.output_tokens = call.usage.output_tokens;
  out.characters = call.usage.characters;
  out.bytes = call.usage.bytes;
  out.n = call.n;
  out.steps = call.steps;
  out.at_s = call.started.count_s();
  const double connect = call.new_connection ? call.connect.count_s() : 0;
  out.total_s = std::max(call.done.count_s() - connect, 1e-9);
  for (const record::ReceivedChunk& chunk : call.chunks) {
    out.chunks += chunk.contents;
  }
  out.stream = call.stream && call.first_content > Duration::zero() && out.chunks > 0;
  if (out.stream) {
    out.first_s = std::clamp(call.first_content.count_s() - connect, 0.0, out.total_s);
    if (out.output_tokens == 0) {
      out.output_tokens = out.chunks;
    }
  }
  return out;
}

Result<CallTable> load_timed_calls(const fs::path& path, std::string_view provider) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    return Error{path.string(), "no such file"};
  }
  if (!fs::is_regular_file(path, code)) {
    return Error{path.string(), "is no file: expected a recording or a table of calls"};
  }
  const std::uintmax_t size = fs::file_size(path, code);
  std::ifstream file(path, std::ios::binary);
  std::string head(16, '\0');
  file.read(head.data(), 16);
  if (head.compare(0, 15, "SQLite format 3") == 0) {
    return load_recording(path, provider);
  }
  if (size > kMostFileBytes) {
    return Error{path.string(), "is larger than 1 GiB: split the table"};
  }
  file.clear();
  file.seekg(0);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return parse_timed_calls(text, path.string());
}

}  // namespace rehearse::calibration
