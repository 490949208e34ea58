#include "harness/cli/recording_run.hpp"
#include "harness/json/read.hpp"
#include "harness/record/run_file.hpp"
#include "tests/cli/program.hpp"

// `rehearse infer` as its users meet it. The recordings hold calls that were made up.

using namespace rehearse;
using namespace rehearse::test;

namespace {

record::RecordedCall call_of(const std::string& model, double from_s, double to_s) {
  record::RecordedCall call;
  call.provider = "openai";
  call.method = "POST";
  call.path = "/v1/chat/completions";
  call.operation = "chat";
  call.model = model;
  call.started = Instant::from_seconds(from_s);
  call.done = Duration::from_seconds(to_s - from_s);
  call.status = 200;
  call.end = record::CallEnd::Answered;
  call.usage_known = true;
  call.usage.input_tokens = 1'000;
  call.usage.output_tokens = 200;
  return call;
}

struct Told {
  std::string program = "node";
  bool succeeded = true;
  std::uint16_t status = 200;
};

// As `rehearse record` writes it: two calls, a job of about 3 s.
void write_recording(const Folder& folder, const std::string& name, double more_s,
                     const Told& told = {}) {
  auto file = record::RunWriter::create(folder.path / name);
  REQUIRE(file);
  std::vector<record::RecordedCall> calls = {call_of("gpt-4o", 0.2, 1.2 + more_s),
                                             call_of("gpt-4o-mini", 1.201 + more_s, 3 + more_s)};
  for (record::RecordedCall& call : calls) {
    call.id = static_cast<std::uint64_t>(&call - calls.data()) + 1;
    call.status = told.status;
    (*file)->save_call(call);
  }
  const cli::RecordedProgram program{told.program, Instant::from_seconds(1.7e9),
                                     Duration::from_seconds(3 + more_s), told.succeeded};
  REQUIRE(cli::write_recorded_run(**file, program, calls));
  REQUIRE((*file)->close());
}

}  // namespace

TEST_CASE("recordings become a scenario that is checked, run and never written over") {
  const Folder folder;
  write_recording(folder, "a.rehearsal", 0);
  write_recording(folder, "b.rehearsal", 0.1);
  write_recording(folder, "c.rehearsal", 0.2);
  const Said said =
      rehearse_in(folder, "infer a.rehearsal b.rehearsal c.rehearsal --out mine.json");
  CAPTURE(said.err);
  CHECK(said.code == 0);
  CHECK(said.out.empty());
  CHECK(said.err.find("recorded: 3.10 s a job in the median, 2 calls and 0.00477 USD a job; "
                      "modelled: 3.1") != std::string::npos);
  CHECK(said.err.find("warning") == std::string::npos);
  CHECK(said.err.find(R"("OPENAI_BASE_URL":"${providers.openai.url}/v1")") != std::string::npos);
  CHECK(rehearse_in(folder, "check mine.json").code == 0);
  const std::string text = read_file(folder.path / "mine.json");
  CHECK(text.find("\"scenario\": \"mine\"") != std::string::npos);
  CHECK(text.find(folder.path.string()) == std::string::npos);
  CHECK(rehearse_in(folder, "run mine.json --workload batch --quiet").code == 0);
  CHECK(rehearse_in(folder, "whatif mine.json --jobs 100 --quiet").code == 0);

  refused(folder, "infer a.rehearsal --out mine.json", {"mine.json", "not overwritten"});
  CHECK(read_file(folder.path / "mine.json") == text);
  const Said printed = rehearse_in(folder, "infer a.rehearsal --name post --quiet");
  CHECK(printed.code == 0);
  CHECK(printed.err.empty());
  const auto scenario = json::parse(printed.out);
  REQUIRE(scenario);
  CHECK(scenario->find("scenario")->as_string() == "post");
}

TEST_CASE("jobs whose program failed are left out where others did not") {
  const Folder folder;
  write_recording(folder, "good.rehearsal", 0);
  write_recording(folder, "bad.rehearsal", 5, {.program = "node", .succeeded = false});
  const Said both = rehearse_in(folder, "infer bad.rehearsal good.rehearsal --out x.json");
  CHECK(both.code == 0);
  CHECK(both.err.find("failed in 1 of 2 recordings; these are left out") != std::string::npos);
  CHECK(both.err.find("recorded: 3.00 s") != std::string::npos);
  const Said alone = rehearse_in(folder, "infer bad.rehearsal --out y.json");
  CHECK(alone.code == 0);
  CHECK(alone.err.find("what it would have called after that is missing") != std::string::npos);
}

TEST_CASE("what is no recording of one job is refused in one line") {
  const Folder folder;
  folder.file("text.rehearsal", "this is no run file");
  folder.file("empty.rehearsal", "");
  folder.file("small.json", kSmall);
  fs::create_directory(folder.path / "folder.rehearsal");
  REQUIRE(rehearse_in(folder, "run small.json --out run.rehearsal --quiet").code == 0);
  write_recording(folder, "served.rehearsal", 0, {.program = "served"});
  write_recording(folder, "refused.rehearsal", 0, {.status = 500});
  write_recording(folder, "cut.rehearsal", 0);
  fs::resize_file(folder.path / "cut.rehearsal", fs::file_size(folder.path / "cut.rehearsal") / 2);
  refused(folder, "infer nowhere.rehearsal", {"nowhere.rehearsal"});
  refused(folder, "infer text.rehearsal", {"text.rehearsal"});
  refused(folder, "infer empty.rehearsal", {"empty.rehearsal"});
  refused(folder, "infer folder.rehearsal", {"folder.rehearsal"});
  refused(folder, "infer cut.rehearsal", {"cut.rehearsal"});
  refused(folder, "infer run.rehearsal", {"run.rehearsal", "no recording", "rehearse record"});
  refused(folder, "infer served.rehearsal", {"served.rehearsal", "--serve", "record each job"});
  refused(folder, "infer refused.rehearsal", {"refused.rehearsal", "no call was answered"});
  refused(folder, "infer", {"RECORDING"});
}
