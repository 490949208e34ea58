#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/load/record_splitter.hpp"
#include "harness/load/trace.hpp"
#include "harness/load/trace_arrivals.hpp"
#include "harness/load/trace_field.hpp"

// Recorded load: every format, what is wrong with a file, and how it is played.

using namespace rehearse;
using load::TraceFormat;

namespace {

namespace fs = std::filesystem;

fs::path sample(const std::string& name) {
  return fs::path(REHEARSE_SOURCE_DIR) / "tests" / "load" / "traces" / name;
}

load::TraceSpec spec_of(const fs::path& path, std::vector<std::string> columns = {}) {
  load::TraceSpec spec;
  spec.path = path;
  spec.label = path.filename().string();
  const auto format = load::detect_trace(path, spec.label);
  INFO((format ? "" : format.error().text()));
  REQUIRE(format);
  spec.format = *format;
  spec.columns = std::move(columns);
  return spec;
}

struct Played {
  std::vector<load::TraceArrival> jobs;
  load::TraceScan scan;
};
Played play(const load::TraceSpec& spec, std::uint64_t seed = 1) {
  auto rows = load::open_trace_text(spec);
  INFO((rows ? "" : rows.error().text()));
  REQUIRE(rows);
  const auto scan = load::scan_trace(**rows, spec);
  INFO((scan ? "" : scan.error().text()));
  REQUIRE(scan);
  auto again = load::open_trace_text(spec);
  REQUIRE(again);
  load::TraceArrivals arrivals(std::move(again).value(), spec, *scan, seed);
  Played out{{}, *scan};
  while (auto next = arrivals.next()) {
    out.jobs.push_back(std::move(*next));
  }
  CHECK_FALSE(arrivals.trouble());
  return out;
}

std::vector<double> instants(const Played& played) {
  std::vector<double> out;
  for (const load::TraceArrival& job : played.jobs) {
    out.push_back((job.due - Instant()).count_s());
  }
  return out;
}

double number(const load::TraceCell& cell) { return std::get<double>(cell); }

// A file that goes away with the test.
class TempFile {
 public:
  TempFile(const std::string& name, const std::string& text)
      : path_(fs::temp_directory_path() / ("rehearse_trace_" + name)) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TempFile() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What is wrong with a file, in one line.
std::string trouble(const std::string& name, const std::string& text) {
  const TempFile file(name, text);
  const auto format = load::detect_trace(file.path(), name);
  if (!format) {
    return format.error().text();
  }
  load::TraceSpec spec;
  spec.path = file.path();
  spec.label = name;
  spec.format = *format;
  spec.columns = {"input_tokens", "output_tokens"};
  const auto rows = load::open_trace_text(spec);
  if (!rows) {
    return rows.error().text();
  }
  const auto scan = load::scan_trace(**rows, spec);
  return scan ? "" : scan.error().text();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos && text.find('\n') == std::string::npos;
}

}  // namespace

TEST_CASE("every text format is told by how it begins, and gives instants and sizes") {
  struct Expected {
    const char* file;
    TraceFormat format;
    std::vector<double> at;
    double input, output;  // of the last job
  };
  const Expected all[] = {
      {"azure.csv", TraceFormat::Azure, {0, 4.314579, 4.541977, 9.710586}, 91, 16},
      {"burstgpt.csv", TraceFormat::BurstGpt, {0, 40, 113}, 417, 276},
      {"mooncake.jsonl", TraceFormat::Mooncake, {0, 3.052, 3.052}, 1200, 90},
      {"bailian.jsonl", TraceFormat::Bailian, {0, 0.836}, 800, 20},
      {"otlp.json", TraceFormat::Otlp, {0, 2.5}, 70, 7},
      {"spans.json", TraceFormat::Otlp, {0}, 5, 4},
  };
  for (const Expected& expected : all) {
    CAPTURE(expected.file);
    const load::TraceSpec spec = spec_of(sample(expected.file), {"input_tokens", "output_tokens"});
    CHECK(spec.format == expected.format);
    const Played played = play(spec);
    const std::vector<double> at = instants(played);
    REQUIRE(at.size() == expected.at.size());
    for (std::size_t i = 0; i < at.size(); ++i) {
      CHECK(at[i] == Approx(expected.at[i]).margin(1e-6));
    }
    CHECK(number(played.jobs.back().cells[0]) == expected.input);
    CHECK(number(played.jobs.back().cells[1]) == expected.output);
  }
}

TEST_CASE("a span's name tells one call of a trace from another") {
  const Played played = play(spec_of(sample("otlp.json"), {"chat gpt-4o.input_tokens"}));
  CHECK(number(played.jobs[0].cells[0]) == 900);
  CHECK(number(played.jobs[1].cells[0]) == 70);
}

TEST_CASE("conversations have sizes and no times: they come as they are told to") {
  load::TraceSpec spec = spec_of(sample("sharegpt.json"), {"input_tokens", "output_tokens"});
  CHECK(spec.format == TraceFormat::ShareGpt);
  CHECK_FALSE(load::has_times(spec.format));
  spec.arrivals_per_s = 2;
  const Played played = play(spec);
  REQUIRE(played.jobs.size() == 2);  // one has no answer
  CHECK(number(played.jobs[0].cells[0]) == 5);
  CHECK(number(played.jobs[1].cells[0]) == 3);
  CHECK(number(played.jobs[1].cells[1]) == 4);
  CHECK(played.jobs[0].due < played.jobs[1].due);
}

TEST_CASE("a column of times in any CSV or JSON lines, in any unit") {
  const TempFile csv("any.csv", "id,when,\"said, by whom\"\n1,1500,\"a \"\"b\"\"\"\n2,1750,c\n");
  load::TraceSpec spec = spec_of(csv.path(), {"said, by whom"});
  spec.at = "when";
  spec.unit_ns = 1e6;
  const Played played = play(spec);
  CHECK(instants(played) == std::vector<double>{0, 0.25});
  CHECK(std::get<std::string>(played.jobs[0].cells[0]) == "a \"b\"");
  const TempFile lines("any.jsonl",
                       "{\"t\": \"2024-05-10T00:00:00Z\"}\n\n{\"t\": \"2024-05-10 "
                       "02:00:01.5+02:00\"}\n");
  spec = spec_of(lines.path());
  spec.at = "t";
  CHECK(instants(play(spec)) == std::vector<double>{0, 1.5});
}

TEST_CASE("a window is cut out, and time is stretched") {
  load::TraceSpec spec = spec_of(sample("burstgpt.csv"));
  spec.from = Duration::seconds(10);
  spec.to = Duration::seconds(100);
  spec.time_scale = 0.5;
  const std::vector<double> at = instants(play(spec));
  REQUIRE(at.size() == 1);
  CHECK(at[0] == Approx(15));
}

TEST_CASE("a rate scale brings so many times as many jobs, in order and in the same time") {
  std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (int i = 0; i < 2000; ++i) {
    char line[64];
    std::snprintf(line, sizeof(line), "2023-11-16 18:%02d:%02d,%d,5\n", i / 60, i % 60, i);
    text += line;
  }
  const TempFile file("rate.csv", text);
  for (const double scale : {0.3, 1.0, 2.5}) {
    CAPTURE(scale);
    load::TraceSpec spec = spec_of(file.path(), {"input_tokens"});
    spec.rate_scale = scale;
    const std::vector<double> at = instants(play(spec));
    CHECK(static_cast<double>(at.size()) == Approx(2000 * scale).epsilon(0.08));
    CHECK(std::is_sorted(at.begin(), at.end()));
    CHECK(at.back() <= 2000);
    CHECK(instants(play(spec)) == at);
    if (scale != 1) {
      CHECK(instants(play(spec, 2)) != at);
    }
  }
}

TEST_CASE("rows out of order are put in order, and counted") {
  const TempFile file("order.jsonl",
                      "{\"timestamp\": 30, \"input_length\": 3, \"output_length\": 1}\n"
                      "{\"timestamp\": 10, \"input_length\": 1, \"output_length\": 1}\n"
                      "{\"timestamp\": 20, \"input_length\": 2, \"output_length\": 1}\n");
  const Played played = play(spec_of(file.path(), {"input_tokens"}));
  CHECK(instants(played) == std::vector<double>{0, 0.01, 0.02});
  CHECK(played.scan.disordered == 2);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(number(played.jobs[i].cells[0]) == static_cast<double>(i + 1));
  }
}

TEST_CASE("what is wrong with a trace is one line that says where") {
  const std::string azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  CHECK(has(trouble("hole.csv", azure + "2023-11-16 18:15:46.68,374,\n"), "hole.csv:2: a hole"));
  CHECK(has(trouble("short.csv", azure + "2023-11-16 18:15:46.68,374,1\n2023-11-16 18:15:46.68\n"),
            "short.csv:3: a hole: 1 fields, 3 are expected"));
  CHECK(has(trouble("date.csv", azure + "yesterday,374,44\n"),
            "expected a time, found \"yesterday\""));
  CHECK(has(trouble("none.csv", azure + ",374,44\n"), "a hole: it has no time"));
  CHECK(has(trouble("size.csv", azure + "2023-11-16 18:15:46.68,-4,44\n"),
            "row 1: expected a number of tokens from 0 to 10^12, found -4"));
  CHECK(has(trouble("word.csv", azure + "2023-11-16 18:15:46.68,many,44\n"),
            "expected a number of tokens"));
  CHECK(has(trouble("rows.csv", azure), "it has no rows"));
  const std::string ok = "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}\n";
  CHECK(has(
      trouble("minus.jsonl", ok + "{\"timestamp\": -7, \"input_length\": 1, \"output_length\": 1}"),
      "minus.jsonl:2: negative time -7"));
  CHECK(has(trouble("long.jsonl", ok + "{\"timestamp\": 4e12, \"input_length\": 1, "
                                       "\"output_length\": 1}"),
            "at most 100 years"));
  CHECK(has(trouble("ages.jsonl", ok + "{\"timestamp\": 3.2e19, \"input_length\": 1, "
                                       "\"output_length\": 1}"),
            "is more than 292 years"));
  CHECK(has(trouble("gap.jsonl", ok + "{\"timestamp\": 1, \"output_length\": 1}"),
            "gap.jsonl:2: a hole: it has no \"input_length\""));
  CHECK(has(trouble("broken.jsonl", ok + "{\"timestamp\": 1, "), "broken.jsonl:2"));
  CHECK(has(trouble("cut.json", "[{\"conversations\": [{\"value\": \"a\"}"), "is it whole?"));
  CHECK(has(trouble("empty.csv", ""), "it is empty"));
  CHECK(has(trouble("plain.csv", "a,b\n1,2\n"), "say by \"at\" which column holds the times"));
}

TEST_CASE("a record is never cut where text holds its marks, whatever the block size") {
  std::string text;
  std::size_t expected = 0;
  for (int i = 0; i < 5000; ++i, ++expected) {
    text += std::string(i == 0 ? "[" : ",") + R"({"k": "} ] , \" \\", "n": [1, {"m": )" +
            std::to_string(i) + "}]}";
  }
  const TempFile file("split.json", text + "]");
  load::RecordSplitter records(file.path(), load::RecordSplitter::Kind::Array);
  std::string_view record;
  std::size_t found = 0;
  for (auto more = records.next(record); more && *more; more = records.next(record)) {
    CHECK(record.front() == '{');
    CHECK(record.back() == '}');
    ++found;
  }
  CHECK(found == expected);
}

TEST_CASE("the traces of two services are read whole") {
  const char* const given = std::getenv("REHEARSE_SHARED_DATA");
  const fs::path shared = given == nullptr ? REHEARSE_SOURCE_DIR "/../shared/data" : given;
  if (!fs::exists(shared / "azure-llm-2023/code.csv")) {
    WARN("skipped: no azure-llm-2023 folder; REHEARSE_SHARED_DATA names its parent");
    return;
  }
  const Played azure =
      play(spec_of(shared / "azure-llm-2023/code.csv", {"input_tokens", "output_tokens"}));
  CHECK(azure.jobs.size() == 8819);
  CHECK(azure.scan.disordered == 0);
  CHECK(instants(azure).back() == Approx(3435.948056));
  const Played mooncake =
      play(spec_of(shared / "mooncake/synthetic_trace.jsonl", {"input_tokens", "output_tokens"}));
  CHECK(mooncake.jobs.size() == 3993);
  CHECK(number(mooncake.jobs[0].cells[0]) == 40160);
}
