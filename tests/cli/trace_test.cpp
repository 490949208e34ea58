#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

#include "harness/cli/world.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/run_file.hpp"
#include "scenarios/load.hpp"
#include "tests/support/scenario_builder.hpp"
#include "tests/support/scenario_files.hpp"

// Recorded load, played on a pipeline: in virtual time and over HTTP.

using namespace rehearse;

namespace {

std::string folder() { return std::string(REHEARSE_SOURCE_DIR) + "/tests/load/traces"; }

// A draft that is saved; `trace` is the workload's.
std::string pipeline(const std::string& trace) {
  return R"({ "scenario": "replay", "inputs": { "topic": { "choose": ["none"] } }, "stages": {
      "draft": { "call": "openai.chat", "model": "gpt-4o-mini" },
      "save":  { "needs": ["draft"], "wait": "10ms" } },
    "workloads": { "load": { "trace": )" +
         trace + " } } }";
}

Result<scenarios::ScenarioFile> load_with(const std::string& trace) {
  return scenarios::parse_scenario(pipeline(trace), "replay.json", folder());
}

// What is wrong with such a trace: one line.
std::string trouble(const std::string& trace) {
  const auto file = load_with(trace);
  REQUIRE_FALSE(file);
  CHECK(file.errors().size() == 1);
  return file.error().text();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// All jobs of a scenario, by number.
test::KeepingSink play_all(const scenarios::Scenario& scenario,
                           const cli::WorldOptions& options = {}) {
  const auto world = cli::make_world(scenario, options);
  REQUIRE(world);
  test::KeepingSink sink;
  const engine::RunOutcome outcome =
      engine::run((*world)->runtime(), scenario, (*world)->providers(), sink, {});
  CHECK(outcome.end.invalid_reasons.empty());
  std::sort(sink.jobs.begin(), sink.jobs.end(),
            [](const auto& a, const auto& b) { return a.job.id < b.job.id; });
  return sink;
}

test::KeepingSink play(const std::string& trace, cli::WorldKind kind, double speed) {
  const auto file = load_with(trace);
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  cli::WorldOptions options;
  options.against.all = kind;
  options.speed = speed;
  options.folder = folder();
  return play_all(*scenario, options);
}

}  // namespace

TEST_CASE("a trace brings its jobs at their instants, with their sizes, in both worlds") {
  const std::string trace = R"({ "file": "azure.csv" })";  // the only chat stage takes the sizes
  const test::KeepingSink sim = play(trace, cli::WorldKind::Sim, 1);
  REQUIRE(sim.jobs.size() == 4);
  CHECK((sim.jobs[1].job.intended - Instant()).count_s() == Approx(4.314579));
  CHECK((sim.jobs[3].job.intended - Instant()).count_s() == Approx(9.710586));
  CHECK(sim.jobs[0].job.usage.input_tokens == 374);
  CHECK(sim.jobs[2].job.usage.output_tokens == 55);
  const test::KeepingSink mock = play(trace, cli::WorldKind::Mock, 10);
  REQUIRE(mock.jobs.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(mock.jobs[i].job.intended == sim.jobs[i].job.intended);
    CHECK(mock.jobs[i].job.usage.input_tokens == sim.jobs[i].job.usage.input_tokens);
    CHECK(mock.jobs[i].job.usage.output_tokens == sim.jobs[i].job.usage.output_tokens);
    CHECK(mock.jobs[i].job.cost == sim.jobs[i].job.cost);
  }
}

TEST_CASE("columns set inputs and amounts as `map` says") {
  const auto plain = scenarios::parse_scenario(
      R"({ "scenario": "mapped", "inputs": { "model": { "choose": ["gpt-4o-mini"] } }, "stages": {
          "one": { "call": "openai.chat", "model": "gpt-4o-mini", "output_tokens": 9 },
          "two": { "call": "openai.chat", "model": "gpt-4o-mini",
                   "output_tokens": "${(model == 'GPT-4') * 3 + 2}" } },
        "workloads": { "load": { "trace": { "file": "burstgpt.csv", "map": {
          "model": "Model", "one": { "input_tokens": "Total tokens" } } } } } })",
      "mapped.json", folder());
  INFO((plain ? "" : plain.error().text()));
  REQUIRE(plain);
  const auto scenario = scenarios::instantiate(*plain, {});
  REQUIRE(scenario);
  const test::KeepingSink sink = play_all(*scenario);
  REQUIRE(sink.jobs.size() == 3);
  const auto attempts_of = [&](std::size_t job, const std::string& stage) {
    for (const record::AttemptSpan& attempt : sink.jobs[job].attempts) {
      if (scenario->stages[sink.jobs[job].spans[attempt.span].stage].path == stage) {
        return attempt.usage;
      }
    }
    return Usage();
  };
  CHECK(attempts_of(0, "one").input_tokens == 490);
  CHECK(attempts_of(2, "one").input_tokens == 693);
  CHECK(attempts_of(0, "two").output_tokens == 2);
  CHECK(attempts_of(2, "two").output_tokens == 5);
}

TEST_CASE("a measured time grows with the sizes of the trace") {
  const auto file = scenarios::parse_scenario(
      R"({ "scenario": "grows", "stages": {
          "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "time": "2s",
                     "input_tokens": 400, "output_tokens": 50 } },
        "workloads": { "load": { "trace": { "file": "azure.csv" } } } })",
      "grows.json", folder());
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  const test::KeepingSink sink = play_all(*scenario);
  const auto took = [&](std::size_t i) {
    return (sink.jobs[i].job.done - sink.jobs[i].job.intended).count_s();
  };
  CHECK(took(1) > 1.5 * took(0));  // 109 tokens against 44
  CHECK(took(3) < took(0));        // 16
}

TEST_CASE("scales, windows and arrivals of a trace can be swept like any figure") {
  const test::KeepingSink fast =
      play(R"({ "file": "azure.csv", "time_scale": 0.1, "from": "4s" })", cli::WorldKind::Sim, 1);
  REQUIRE(fast.jobs.size() == 3);
  CHECK((fast.jobs[0].job.intended - Instant()).count_s() == Approx(0.0314579));
  const test::KeepingSink many =
      play(R"({ "file": "mooncake.jsonl", "rate_scale": 20 })", cli::WorldKind::Sim, 1);
  CHECK(many.jobs.size() == 60);
  const test::KeepingSink shared =
      play(R"({ "file": "sharegpt.json", "arrivals": "1/s" })", cli::WorldKind::Sim, 1);
  CHECK(shared.jobs.size() == 2);
}

TEST_CASE("a trace that cannot be played is refused in one line, before anything runs") {
  CHECK(has(trouble(R"({ "file": "none.csv" })"), "cannot replay none.csv: no such file"));
  CHECK(has(trouble(R"({ "file": "sharegpt.json" })"),
            "a sharegpt file has no times: say by \"arrivals\""));
  CHECK(has(trouble(R"({ "file": "azure.csv", "map": { "drafts": { "n": "GeneratedTokens" } } })"),
            "unknown stage \"drafts\", did you mean \"draft\"?"));
  CHECK(has(trouble(R"({ "file": "azure.csv", "map": { "topics": "GeneratedTokens" } })"),
            "unknown input \"topics\", did you mean \"topic\"?"));
  CHECK(has(trouble(R"({ "file": "azure.csv", "map": { "topic": "Tokens" } })"),
            "no column \"Tokens\" in it: it has \"TIMESTAMP\""));
  CHECK(has(trouble(R"({ "file": "azure.csv", "from": "5s", "to": "5s" })"),
            "expected an end after the start"));
  CHECK(has(trouble(R"({ "file": "azure.csv", "time_scale": 1e9 })"), "at most 100 years"));
  CHECK(has(trouble(R"({ "file": "azure.csv", "rate": 2 })"), "unknown key \"rate\""));
}

TEST_CASE("several stages that could take the sizes: the trace says which, or none") {
  const std::string text = R"({ "stages": {
      "one": { "call": "openai.chat" }, "two": { "call": "openai.chat" } },
    "workloads": { "load": { "trace": { "file": "azure.csv" MAP } } } })";
  const auto with = [&](const std::string& map) {
    std::string all = text;
    all.replace(all.find("MAP"), 3, map);
    return scenarios::parse_scenario(all, "two.json", folder());
  };
  const auto open = with("");
  REQUIRE_FALSE(open);
  CHECK(has(open.error().text(), "several stages could take the sizes of the trace (one, two)"));
  CHECK(with(R"(, "map": {})"));
  CHECK(with(R"(, "map": { "two": { "input_tokens": "input_tokens" } })"));
}

TEST_CASE("a run file is a trace: its jobs come again, as they came") {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "rehearse_trace_of_a_run.rehearsal";
  std::filesystem::remove(path);
  const auto file = load_with(R"({ "file": "azure.csv" })");
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  {
    auto writer = record::RunWriter::create(path);
    REQUIRE(writer);
    record::RunHeader header;
    header.scenario = "replay";
    header.stages.resize(2);
    header.stages[0].path = header.stages[0].name = "draft";
    header.stages[1].path = header.stages[1].name = "save";
    record::Recorder recorder(std::move(header), writer->get());
    struct Sink : engine::JobSink {
      explicit Sink(record::Recorder& the_recorder) : recorder(the_recorder) {}
      void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                        std::span<const record::AttemptSpan> attempts) override {
        recorder.job_finished(job, spans, attempts);
      }
      record::Recorder& recorder;
    } sink(recorder);
    cli::WorldOptions options;
    const auto world = cli::make_world(*scenario, options);
    REQUIRE(world);
    engine::RunOutcome outcome =
        engine::run((*world)->runtime(), *scenario, (*world)->providers(), sink, {});
    REQUIRE(recorder.finish(std::move(outcome.end)));
    REQUIRE((*writer)->close());
  }
  const test::KeepingSink again =
      play("{ \"file\": \"" + path.string() + "\" }", cli::WorldKind::Sim, 1);
  REQUIRE(again.jobs.size() == 4);
  CHECK((again.jobs[3].job.intended - Instant()).count_s() == Approx(9.710586));
  CHECK(again.jobs[1].job.usage.output_tokens == 109);
  std::filesystem::remove(path);
}
