#include <algorithm>

#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "reports/json.hpp"
#include "reports/markdown.hpp"
#include "reports/writer.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::reports {
namespace {

namespace sample = record::sample;

constexpr char kEvil[] =
    "\x1b[31mred\x1b]0;title\x07 | `code` <script>alert(1)</script> \xE2\x80\xAE"
    "desrever @team #1 [x](http://evil.example) www.evil.example **b** $x$ \n## h \xff";

// A run in which every text that comes from outside is hostile.
record::RunSummary evil_run(std::uint64_t jobs) {
  record::RunPoint point = sample::run({jobs, 2, 1, {kEvil}});
  record::RunHeader& header = point.header;
  header.scenario = header.note = header.workload = header.workload_text = header.point = kEvil;
  header.against = header.environment.machine = header.environment.cpu = kEvil;
  header.parameters.set(kEvil, kEvil);
  header.failures[3] = kEvil;
  for (record::StageInfo& stage : header.stages) {
    stage.path += kEvil;
    stage.name += kEvil;
    stage.note = stage.source = kEvil;
  }
  header.objectives.push_back({kEvil, kEvil, "", kEvil, kEvil});
  header.objectives.back().on = "";
  for (record::ObjectiveInfo& objective : header.objectives) {
    objective.on = "";
  }
  point.end->invalid_reasons = {kEvil};
  point.end->warnings = {kEvil};
  point.end->stop_reason = kEvil;
  point.end->resources[0].name = kEvil;
  return summarise(point);
}

TEST_CASE("no escape sequence, control character or override reaches a terminal") {
  for (const std::uint64_t jobs : {3u, 300u}) {
    const Writers writers = Writers::standard({80, false});
    const std::string text = (*writers.by_name("terminal"))->run(evil_run(jobs));
    for (const char c : text) {
      REQUIRE((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    }
    REQUIRE(text.find("\xE2\x80\xAE") == std::string::npos);
    REQUIRE(text.find('\xff') == std::string::npos);
  }
}

TEST_CASE("colour is there only when it is asked for") {
  const record::RunSummary run = summarise(sample::run({10, 0, 1, {}}));
  REQUIRE((*Writers::standard({80, false}).by_name("terminal"))->run(run).find('\x1b') ==
          std::string::npos);
  REQUIRE(
      (*Writers::standard({80, true}).by_name("terminal"))->run(run).find("\x1b[32mVALID\x1b[0m") !=
      std::string::npos);
}

TEST_CASE("Markdown holds no HTML, mention, link, table cell or code of anybody's text") {
  for (const std::uint64_t jobs : {3u, 300u}) {
    const std::string text = (*Writers::standard({}).by_name("markdown"))->run(evil_run(jobs));
    for (const char* bad : {"<script", "\x1b", "| `", "@team", "http://", "www.evil", "\n## h",
                            "[x](", "$x", "\xE2\x80\xAE", " #1"}) {
      INFO(bad);
      REQUIRE(text.find(bad) == std::string::npos);
    }
  }
}

TEST_CASE("a Markdown report never reaches its limit, whatever is in it") {
  record::RunSummary run = summarise(sample::run({4, 0, 1, {}}));
  const record::StageSummary stage = run.stages[0];
  const record::WaterfallRow row = run.jobs[0].waterfall[0];
  for (int i = 0; i < 5000; ++i) {
    run.stages.push_back(stage);
    run.stages.back().info.path = std::string(400, '|') + std::to_string(i);
    run.stages.back().info.note = std::string(4000, '<');
    run.invalid_reasons.push_back(std::string(1000, '&'));
    run.jobs[0].waterfall.push_back(row);
  }
  const std::string text = (*Writers::standard({}).by_name("markdown"))->run(run);
  REQUIRE(text.size() < kMostMarkdown);
  REQUIRE(text.find("cut at its longest") != std::string::npos);
  run.invalid_reasons.clear();
  const std::string table = (*Writers::standard({}).by_name("markdown"))->run(run);
  REQUIRE(table.size() < kMostMarkdown);
  REQUIRE(table.find("more rows") != std::string::npos);
}

// Numbers of a hostile document: any size from nothing to far past the limit.
class Sizes {
 public:
  explicit Sizes(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::size_t upto(std::size_t most) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state_ >> 33) % (most + 1);
  }
  std::string text(std::size_t most) {
    static constexpr const char* kBits[] = {
        "|", "<", "`", "```", "\n",         "&",  "é", "\xF0\x9F\x98\x80",
        "#", ":", ";", "%%{", "</details>", "\\", "*", "x "};
    std::string out;
    const std::size_t length = upto(3) == 0 ? upto(most) : upto(40);
    while (out.size() < length) {
      out += kBits[upto(15)];
    }
    return out;
  }
  Line line() {
    Line out;
    for (std::size_t i = upto(4); i-- > 0;) {
      out.push_back({text(3000), static_cast<Tone>(upto(5))});
    }
    return out;
  }

 private:
  std::uint64_t state_;
};

Table hostile_table(Sizes& sizes) {
  Table out;
  out.title = sizes.text(2000);
  for (std::size_t i = 1 + sizes.upto(30); i-- > 0;) {
    out.columns.push_back({sizes.text(500), sizes.upto(1) == 0, 0});
  }
  for (std::size_t i = sizes.upto(2) == 0 ? sizes.upto(3000) : sizes.upto(5); i-- > 0;) {
    out.rows.emplace_back();
    for (std::size_t column = 0; column < out.columns.size(); ++column) {
      out.rows.back().push_back({sizes.text(400)});
    }
  }
  for (std::vector<Line>* lines : {&out.notes, &out.details}) {
    for (std::size_t i = sizes.upto(3) == 0 ? sizes.upto(400) : 0; i-- > 0;) {
      lines->push_back(sizes.line());
    }
  }
  return out;
}

Waterfall hostile_waterfall(Sizes& sizes) {
  Waterfall out;
  out.title = sizes.text(2000);
  for (std::size_t i = sizes.upto(2) == 0 ? sizes.upto(2000) : sizes.upto(5); i-- > 0;) {
    Bar bar;
    bar.label = sizes.text(500);
    bar.depth = static_cast<unsigned>(sizes.upto(40));
    bar.text = sizes.text(500);
    bar.started_s = static_cast<double>(sizes.upto(1000));
    bar.done_s = bar.started_s + static_cast<double>(sizes.upto(1'000'000));
    out.length_s = std::max(out.length_s, bar.done_s);
    out.bars.push_back(std::move(bar));
  }
  return out;
}

TEST_CASE("no document passes Markdown's limit, and what it opens it closes") {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Sizes sizes(seed);
    Document document{sizes.text(2000), {}};
    for (std::size_t i = sizes.upto(12); i-- > 0;) {
      switch (sizes.upto(2)) {
        case 0:
          document.blocks.emplace_back(hostile_table(sizes));
          break;
        case 1:
          document.blocks.emplace_back(hostile_waterfall(sizes));
          break;
        default:
          document.blocks.emplace_back(Paragraph{{sizes.line(), sizes.line()}});
      }
    }
    const std::string text = write_markdown(document);
    INFO("seed " << seed);
    REQUIRE(text.size() < kMostMarkdown);
    std::size_t fences = 0;
    std::size_t opened = 0;
    std::size_t closed = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = std::string_view(text).substr(at, end - at);
      fences += line.rfind("```", 0) == 0 ? 1u : 0u;
      opened += line.rfind("<details>", 0) == 0 ? 1u : 0u;
      closed += line.rfind("</details>", 0) == 0 ? 1u : 0u;
      at = end + 1;
    }
    REQUIRE(fences % 2 == 0);
    REQUIRE(opened == closed);
  }
}

TEST_CASE("the JSON report is JSON with every field of the contract, hostile texts and all") {
  const std::string text = (*Writers::standard({}).by_name("json"))->run(evil_run(3));
  const Result<json::Value> value = json::parse(text);
  REQUIRE(value.ok());
  for (const char* pointer : {"/schema_version",
                              "/scenario",
                              "/against",
                              "/drive",
                              "/seed",
                              "/speed",
                              "/valid",
                              "/invalid_reasons/0",
                              "/jobs/issued",
                              "/jobs/timed_out",
                              "/workload",
                              "/variants/0",
                              "/parameters",
                              "/elapsed_s",
                              "/throughput_per_s",
                              "/response_s/count",
                              "/response_s/p95",
                              "/first_result_s/max",
                              "/cpu_s/mean",
                              "/io_wait_s",
                              "/memory_mb",
                              "/tasks",
                              "/resources",
                              "/usage/images",
                              "/cost_usd/mean",
                              "/cost_usd/total",
                              "/objectives/0/met",
                              "/jobs_list/0/waterfall/0/done_s"}) {
    INFO(pointer);
    REQUIRE(json::pointer_find(*value, pointer) != nullptr);
  }
  REQUIRE(json::pointer_find(*value, "/response_s/p95")->is_null());
}

TEST_CASE("an inner stage names its group in the JSON report, in whatever order rows are shown") {
  record::RunPoint point = sample::run({10, 0, 1, {}});
  point.header.stages[4].order = 0;  // publish first
  point.header.stages[0].order = 9;
  const json::Value value = run_json(summarise(point));
  REQUIRE(value.find("stages")->members().front().key == "publish");
  REQUIRE(value.find("stages")->find("publish/user_id")->find("parent")->as_string() == "publish");
}

TEST_CASE("a watched program has a line of its own, with what was measured of it") {
  record::RunSummary run = summarise(sample::run({10, 0, 1, {}}));
  const Writers writers = Writers::standard({120, false});
  run.cpu_s = run.io_wait_s = {};
  run.header.drive = "app";
  REQUIRE((*writers.by_name("terminal"))->run(run).find("\nprocess ") == std::string::npos);
  run.cpu_s.count = run.memory_mb.count = 10;
  run.cpu_s.mean = 0.25;
  run.memory_mb.max = 81.25;
  for (const char* format : {"terminal", "markdown"}) {
    const std::string text = (*writers.by_name(format))->run(run);
    REQUIRE(text.find("\nprocess") != std::string::npos);
    REQUIRE(text.find("cpu mean 250 ms") != std::string::npos);
    REQUIRE(text.find("peak memory 81.2 MB") != std::string::npos);
  }
  run.header.drive = "stages";
  REQUIRE((*writers.by_name("terminal"))->run(run).find("\nprocess ") == std::string::npos);
}

TEST_CASE("a mock at another speed says that the wire is in its figures") {
  record::RunSummary run = summarise(sample::run({10, 0, 1, {}}));
  const Writers writers = Writers::standard({120, false});
  run.header.against = "mock";
  REQUIRE((*writers.by_name("terminal"))->run(run).find("on the wire") == std::string::npos);
  run.header.speed = 60;
  REQUIRE((*writers.by_name("terminal"))
              ->run(run)
              .find("over HTTP at speed 60: each call includes about its time on the wire × 60") !=
          std::string::npos);
}

TEST_CASE("what the wire added is said in real time, with the quantiles that the calls carry") {
  record::RunSummary run = summarise(sample::run({10, 0, 1, {}}));
  const Writers writers = Writers::standard({120, false});
  run.header.against = "mock";
  const auto spread = [](std::uint64_t n, double mean, double max) {
    record::Spread out;
    out.count = n;
    out.mean = mean;
    out.max = max;
    return out;
  };
  const auto says = [&](const std::string& format, const std::string& text) {
    INFO(format << ": " << (*writers.by_name(format))->run(run));
    return (*writers.by_name(format))->run(run).find(text) != std::string::npos;
  };
  run.wire_added_s = spread(400, 0.0005, 0.009);
  run.wire_added_s.p50 = 0.0004;
  run.wire_added_s.p99 = 0.0012;
  for (const char* format : {"terminal", "markdown", "html"}) {
    CHECK(
        says(format,
             "over HTTP: the wire and the harness added 400 us at p50, 1.20 ms at p99 of a call"));
  }
  CHECK(says("json", "\"wire_added_s\""));
  run.header.speed = 20;
  run.wire_added_s = spread(100, 0.010, 0.2);
  run.wire_added_s.p50 = 0.008;
  CHECK(says("terminal", "over HTTP at speed 20: the wire and the harness added 400 us at p50, "));
  CHECK(says("terminal", "10.0 ms at most of a call, in these times × 20"));
  run.wire_added_s = spread(3, 0.010, 0.2);
  CHECK(says("terminal", "added 500 us on average, 10.0 ms at most of a call"));
  run.wire_added_s = {};
  run.header.speed = 1;
  CHECK_FALSE(says("terminal", "the wire"));
  CHECK_FALSE(says("json", "wire_added_s"));
}

TEST_CASE("formats are found by name and by ending, and unknown ones are told what there is") {
  const Writers writers = Writers::standard({});
  REQUIRE((*writers.by_file("a/b.md"))->name() == "markdown");
  REQUIRE((*writers.by_file("x.txt"))->name() == "terminal");
  REQUIRE((*writers.by_file("x.json"))->name() == "json");
  REQUIRE((*writers.by_file("x.html"))->name() == "html");
  const auto unknown = writers.by_file("x.docx");
  REQUIRE(unknown.error().where == "x.docx");
  REQUIRE(writers.by_name("markdwn").error().where.empty());
  REQUIRE(unknown.error().what.find(
              "no format has the ending \".docx\", known are .txt (terminal), .md (markdown), "
              ".markdown (markdown), .json (json), .html (html)") == 0);
  REQUIRE(writers.by_file("x").error().what.find("no ending") != std::string::npos);
  REQUIRE(writers.by_name("markdwn").error().what.find("did you mean markdown?") !=
          std::string::npos);
}

TEST_CASE(
    "what is too wide for its column goes on on a next line, between words or parts of names") {
  using Lines = std::vector<std::string>;
  CHECK(wrap_to_width("short", 10, 3) == Lines{"short"});
  CHECK(wrap_to_width("image_model_gpt_image_1_mini", 14, 4) ==
        Lines{"image_model_", "gpt_image_1_", "mini"});
  CHECK(wrap_to_width("-8.59 s ± 216 ms", 10, 3) == Lines{"-8.59 s ±", "216 ms"});
  CHECK(wrap_to_width("-28.1%", 4, 3) == Lines{"-28.", "1%"});  // a sign ends no word
  CHECK(wrap_to_width("  publish/user_id", 12, 3) == Lines{"  publish/", "  user_id"});
  CHECK(wrap_to_width("abcdefgh", 3, 2) == Lines{"abc", "de…"});
  CHECK(wrap_to_width("中中", 3, 2) == Lines{"中", "中"});
  CHECK(wrap_to_width("中", 1, 2) == Lines{"…"});
  CHECK(wrap_to_width("", 4, 2) == Lines{""});
}

TEST_CASE("a table that is too wide wraps its words before its numbers, and cuts nothing") {
  Table table;
  table.title = "What costs no quality";
  table.columns = {{"suggestion", false, 0}, {"p50", true, 0}, {"your variant", false, 0}};
  table.rows = {{{"parallel_title_description_image"}, {"-4.93 s ± 176 ms"}, {"as parallel_text"}},
                {{"short"}, {"-1.00 s"}, {""}}};
  CHECK(write_terminal({"", {table}}, {50, false}) ==
        "What costs no quality\n"
        "suggestion                    p50  your variant\n"
        "parallel_title_  -4.93 s ± 176 ms  as parallel_\n"
        "description_                       text\n"
        "image\n"
        "short                     -1.00 s\n");
}

TEST_CASE("a line to copy is neither wrapped nor cut") {
  const std::string json =
      R"(  "parallel": { "trade_off": "none, that is in sight; look at the limits" },)";
  CHECK(write_terminal({"", {Paragraph{{{{json, Tone::Code}}}}}}, {40, true}) == json + "\n");
  CHECK(write_terminal({"", {Paragraph{{{{"a\x1b[2Jb", Tone::Code}}}}}}, {40, true}).find('\x1b') ==
        std::string::npos);
}

TEST_CASE("texts are cut by columns, and wide characters count twice") {
  REQUIRE(display_width("a\xE4\xB8\xAD"
                        "b") == 4);
  REQUIRE(display_width("e\xCC\x81") == 1);
  REQUIRE(cut_to_width("abcdef", 4) == "abc\xE2\x80\xA6");
  REQUIRE(cut_to_width("\xE4\xB8\xAD\xE4\xB8\xAD", 3) == "\xE4\xB8\xAD\xE2\x80\xA6");
  REQUIRE(cut_to_width("abc", 0).empty());
}

}  // namespace
}  // namespace rehearse::reports
