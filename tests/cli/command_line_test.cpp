#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "tests/cli/program.hpp"

// The program as its users meet it: bad input has one clear line, the right exit code, and leaves
// nothing half-written.

using namespace rehearse::test;
using rehearse::json::Value;

TEST_CASE("a run reports on stdout, speaks on stderr and leaves one plain run file") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(
      folder, "run small.json --jobs 200 --out a.rehearsal --format json --report r/a.md");
  CAPTURE(said.err);
  CHECK(said.code == 0);
  const auto report = rehearse::json::parse(said.out);
  REQUIRE(report);
  CHECK(report->find("jobs")->find("done")->as_integer() == 200);
  CHECK(report->find("valid")->as_bool());
  CHECK(fs::exists(folder.path / "a.rehearsal"));
  CHECK_FALSE(fs::exists(folder.path / "a.rehearsal-wal"));
  CHECK(read_file(folder.path / "r/a.md").find("small") != std::string::npos);
  // A report can be made again, equal to the last byte.
  const Said again = rehearse_in(folder, "report a.rehearsal --format json");
  CHECK(again.out == said.out);
}

TEST_CASE("wrong scenarios are refused with where, what was expected and what was found") {
  const Folder folder;
  folder.file("text.json", "this is not JSON");
  folder.file("type.json", R"({ "stages": { "a": { "wait": 5 } } })");
  folder.file("key.json", R"({ "stages": { "a": { "wait": "1s", "need": ["b"] } } })");
  folder.file("twice.json", R"({ "stages": { "a": { "wait": "1s" }, "a": { "wait": "2s" } } })");
  folder.file("cycle.json",
              R"({ "stages": { "a": { "wait": "1s", "needs": ["b"] },
                                "b": { "wait": "1s", "needs": ["a"] } } })");
  folder.file(
      "stage.json",
      R"({ "stages": { "image": { "wait": "1s" }, "b": { "wait": "1s", "needs": ["imag"] } } })");
  folder.file(
      "provider.json",
      R"({ "providers": { "openai": "openai" }, "stages": { "a": { "call": "opnai.chat" } } })");
  folder.file("profile.json", R"({ "stages": { "a": { "call": "opanai.chat" } } })");
  folder.file("negative.json", R"({ "stages": { "a": { "wait": "-5s" } } })");
  folder.file("absurd.json", R"({ "stages": { "a": { "wait": "1000000d" } } })");
  folder.file("nothing.json",
              R"({ "stages": { "a": { "wait": "1s" } },
                    "variants": { "v": { "change": { "stages": { "a": { "wait": "1s" } } } } } })");
  folder.file("deep.json", std::string(70, '[') + std::string(70, ']'));
  refused(folder, "run missing.json", {"missing.json"});
  fs::create_directory(folder.path / "scenarios");
  folder.file("scenarios/story.json", kSmall);
  refused(folder, "show story", {"story", "did you mean scenarios/story.json?"});
  refused(folder, "run text.json", {"text.json:1:1", "expected"});
  refused(folder, "run type.json", {"/stages/a/wait", "duration"});
  refused(folder, "run key.json", {"need", "needs"});
  refused(folder, "run twice.json", {"\"a\""});
  refused(folder, "run cycle.json", {"a", "b", "->"});
  refused(folder, "run stage.json", {"imag", "image"});
  refused(folder, "run provider.json", {"opnai", "openai"});
  refused(folder, "run profile.json", {"opanai", "openai"});
  refused(folder, "run negative.json", {"-5s"});
  refused(folder, "run absurd.json", {"1000000d"});
  refused(folder, "run nothing.json", {"v"});
  refused(folder, "run deep.json", {"64"});
  refused(folder, "run .", {"."});
  refused(folder, "run /dev/zero", {"/dev/zero"});
}

TEST_CASE("wrong flags are refused before anything runs or is written") {
  const Folder folder;
  folder.file("small.json", kSmall);
  fs::create_directory(folder.path / "taken");
  refused(folder, "run small.json --job 5", {"--job", "--jobs"});
  refused(folder, "run small.json --jobs many", {"--jobs", "many"});
  refused(folder, "run small.json --jobs 0", {"--jobs"});
  refused(folder, "run small.json --variant fsat", {"fsat", "fast"});
  refused(folder, "run small.json --variant fast+slow", {"fast", "slow"});
  refused(folder, "run small.json --variant fast,slow", {"separate variants with +"});
  refused(folder, "run small.json --set modle=x", {"modle", "model"});
  refused(folder, "run small.json --workload nightly", {"nightly"});
  refused(folder, "run small.json --against mars", {"--against", "mars"});
  refused(folder, "run small.json --against sim --against openai=mock", {"--against"});
  refused(folder, "run small.json --against mock --against opnai=live", {"opnai", "openai"});
  refused(folder, "run small.json --report x.docx", {".docx"});
  refused(folder, "run small.json --format klingon", {"klingon"});
  refused(folder, "run small.json --out /proc/nothing/x.rehearsal", {"/proc/nothing"});
  refused(folder, "run small.json --sweep concurrency", {"--sweep"});
  refused(folder, "run small.json --sweep own", {"sweep"});
  refused(folder, "run small.json --sweep seed_of_doubt=1,2", {"seed_of_doubt"});
  refused(folder, "run small.json --drive app", {"--drive app"});
  refused(folder, "run small.json --seed -1", {"--seed"});
  refused(folder, "serve small.json --jobs 5", {"--jobs"});
  refused(folder, "run small.json --speed 20", {"virtual time has no speed"});
  refused(folder, "runn small.json", {"runn", "run"});
  refused(folder, "compare small.json", {"--after"});
  refused(folder, "compare small.json --before base", {"--after is missing"});
  refused(folder, "init small.json", {"exists"});
}

TEST_CASE("the name of a run file that is there already is never taken again") {
  const Folder folder;
  folder.file("small.json", kSmall);
  CHECK(rehearse_in(folder, "run small.json --jobs 10 --out a.rehearsal").code == 0);
  const auto size = fs::file_size(folder.path / "a.rehearsal");
  refused(folder, "run small.json --jobs 10 --out a.rehearsal", {"a.rehearsal"});
  CHECK(fs::file_size(folder.path / "a.rehearsal") == size);
}

TEST_CASE("damaged and foreign run files are told apart") {
  const Folder folder;
  folder.file("small.json", kSmall);
  folder.file("empty.rehearsal", "");
  folder.file("foreign.rehearsal",
              "SQLite format 3 or so it says, but it is a letter to the editor");
  CHECK(rehearse_in(folder, "run small.json --jobs 500 --out whole.rehearsal").code == 0);
  const std::string whole = read_file(folder.path / "whole.rehearsal");
  folder.file("cut.rehearsal", whole.substr(0, whole.size() / 2));
  refused(folder, "report missing.rehearsal", {"missing.rehearsal"});
  refused(folder, "report empty.rehearsal", {"empty.rehearsal"});
  refused(folder, "report foreign.rehearsal", {"foreign.rehearsal"});
  refused(folder, "report cut.rehearsal", {"cut.rehearsal"});
  refused(folder, "report .", {"."});
}

TEST_CASE("a port in use is one clear line") {
  const Folder folder;
  const std::string script =
      std::string("sh -c '" REHEARSE_BINARY
                  " serve --quiet --ready-file ready > /dev/null & P=$!; for i in $(seq 100); do [ "
                  "-s ready ] && "
                  "break; sleep 0.1; done; port=$(sed s/.*:// ready); timeout 20 " REHEARSE_BINARY
                  " serve --port $port; code=$?; kill $P; wait $P; exit $code'");
  const int status =
      std::system(("cd '" + folder.path.string() + "' && " + script + " 2> err.txt").c_str());
  const std::string err = read_file(folder.path / "err.txt");
  CAPTURE(err);
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(err.find("in use") != std::string::npos);
}

TEST_CASE("compare finds what a variant brings, and says that a run equals itself") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said faster = rehearse_in(
      folder,
      "compare small.json --before base --after fast --jobs 300 --format json --out c.rehearsal");
  CAPTURE(faster.err);
  REQUIRE(faster.code == 0);
  const auto report = rehearse::json::parse(faster.out);
  REQUIRE(report);
  CHECK(report->find("verdict")->as_string() == "improved");
  rehearse_in(folder, "run small.json --jobs 100 --out a.rehearsal");
  rehearse_in(folder, "run small.json --jobs 100 --out b.rehearsal");
  const auto same = rehearse::json::parse(
      rehearse_in(folder, "compare a.rehearsal b.rehearsal --format json").out);
  REQUIRE(same);
  CHECK(same->find("verdict")->as_string() == "same");
}

TEST_CASE("a sweep reports every point in order, whatever the number of threads") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(
      folder,
      "run small.json --jobs 50 --sweep concurrency=1,2,4 --sweep model=gpt-4o,gpt-4o-mini "
      "--format json --out s.rehearsal");
  CAPTURE(said.err);
  REQUIRE(said.code == 0);
  const auto report = rehearse::json::parse(said.out);
  REQUIRE(report);
  CHECK(report->find("points")->items().size() == 6);
}

TEST_CASE("a run can be repeated to the last event, and says so by its hash") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const auto hash_of = [&](const std::string& words) {
    const Said said = rehearse_in(folder, "run small.json --jobs 100 " + words);
    CAPTURE(words, said.err);
    CHECK(said.code == 0);
    const std::size_t at = said.err.find("run hash: 0x");
    REQUIRE(at != std::string::npos);
    return said.err.substr(at, std::string_view("run hash: 0x0123456789abcdef").size());
  };
  const std::string once = hash_of("--seed 7 --out a.rehearsal");
  CHECK(hash_of("--seed 7 --out b.rehearsal") == once);
  CHECK(hash_of("--seed 8 --out c.rehearsal") != once);
}

TEST_CASE("a sweep that is run twice reports the same figures to the last byte") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const auto figures_of = [&](const std::string& out) {
    const Said said = rehearse_in(
        folder, "run small.json --jobs 50 --sweep concurrency=1,2,4,8 --format json --out " + out);
    CAPTURE(said.err);
    REQUIRE(said.code == 0);
    const auto report = rehearse::json::parse(said.out);
    REQUIRE(report);
    std::string text;
    for (const Value& point : report->find("points")->items()) {
      for (const char* key : {"response_s", "cost_usd"}) {
        REQUIRE(point.find(key) != nullptr);
        text += rehearse::json::dump(*point.find(key)) + "\n";
      }
    }
    return text;
  };
  const std::string once = figures_of("a.rehearsal");
  CHECK(lines(once) == 8);
  CHECK(figures_of("b.rehearsal") == once);
}

TEST_CASE("objectives fail a run only where they are enforced") {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.rfind('}'), ", \"objectives\": [ \"p(50) < 1s\" ]");
  folder.file("strict.json", text);
  CHECK(rehearse_in(folder, "run strict.json --jobs 50 --out a.rehearsal").code == 0);
  CHECK(rehearse_in(folder, "run strict.json --jobs 50 --out b.rehearsal --enforce").code == 99);
  CHECK(rehearse_in(folder, "run strict.json --jobs 50 --out c.rehearsal --enforce --variant fast")
            .code == 99);
}

TEST_CASE("an enforced objective that cannot be judged is named, and does not pass") {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.rfind('}'), ", \"objectives\": [ \"p(99) < 60s\" ]");
  folder.file("thin.json", text);
  const Said said = rehearse_in(folder, "run thin.json --jobs 3 --out a.rehearsal --enforce");
  CAPTURE(said.err);
  CHECK(said.code == 96);
  CHECK(said.err.find("p(99) < 60s") != std::string::npos);
  CHECK(said.err.find("cannot be judged") != std::string::npos);
  CHECK(rehearse_in(folder, "run thin.json --jobs 3 --out b.rehearsal").code == 0);
  CHECK(rehearse_in(folder, "run thin.json --jobs 2000 --out c.rehearsal --enforce").code == 0);
}

TEST_CASE("an interrupted run drains, reports and says so in its exit code") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const std::string script = "sh -c '" REHEARSE_BINARY
                             " run small.json --jobs 1000 --against mock --speed 20 --out "
                             "i.rehearsal --format json > out.json "
                             "2> err.txt & P=$!; sleep 1.5; kill -INT $P; wait $P; exit $?'";
  const int status = std::system(("cd '" + folder.path.string() + "' && " + script).c_str());
  CAPTURE(read_file(folder.path / "err.txt"));
  CHECK(WEXITSTATUS(status) == 105);
  const auto report = rehearse::json::parse(read_file(folder.path / "out.json"));
  REQUIRE(report);
  const Value& jobs = *report->find("jobs");
  CHECK(jobs.find("done")->as_integer() > 0);
  CHECK(jobs.find("done")->as_integer() == jobs.find("issued")->as_integer());
}

TEST_CASE("a run that was killed is reported up to its last second") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const std::string script = "sh -c '" REHEARSE_BINARY
                             " run small.json --jobs 100000 --concurrency 4 --against mock --speed "
                             "50 --out k.rehearsal > /dev/null 2>&1 "
                             "& P=$!; sleep 3; kill -KILL $P; wait $P 2> /dev/null; exit 0'";
  CHECK(std::system(("cd '" + folder.path.string() + "' && " + script).c_str()) == 0);
  const Said said = rehearse_in(folder, "report k.rehearsal --format json");
  CAPTURE(said.err);
  REQUIRE(said.code == 0);
  const auto report = rehearse::json::parse(said.out);
  REQUIRE(report);
  CHECK(report->find("jobs")->find("done")->as_integer() > 20);
}

TEST_CASE("check takes many files, and passes over the schema beside them") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "schema").code == 0);
  folder.file("schema.json", rehearse_in(folder, "schema").out);
  const Said said = rehearse_in(folder, "check small.json schema.json small.json");
  CHECK(said.code == 0);
  CHECK(lines(said.out) == 2);
  CHECK(said.err.find("schema.json: is a JSON Schema, not a scenario") != std::string::npos);
  folder.file("schema.json", R"({ "stages": {} })");  // a scenario by a bad name
  CHECK(rehearse_in(folder, "check schema.json small.json").code == 2);
}

TEST_CASE("a reader that has seen enough ends nothing badly, a full disk does") {
  const Folder folder;
  const auto code_of = [&](const std::string& sink) {
    // The pipe's reader is gone before a byte is written.
    const std::string script =
        "cd '" + folder.path.string() +
        "' && { sleep 0.5; " REHEARSE_BINARY " schema 2> err.txt; echo $? > code.txt; }" + sink;
    CHECK(std::system(script.c_str()) == 0);
    return read_file(folder.path / "code.txt");
  };
  CHECK(code_of(" | true") == "0\n");
  CHECK(read_file(folder.path / "err.txt").empty());
  if (fs::exists("/dev/full")) {
    CHECK(code_of(" > /dev/full") == "1\n");
    CHECK(read_file(folder.path / "err.txt").find("could not be written") != std::string::npos);
  }
}

TEST_CASE("every verb has help, and the version is printed") {
  const Folder folder;
  for (const char* verb : {"check", "show", "init", "run", "compare", "gate", "aa", "report",
                           "history", "serve", "schema"}) {
    const Said said = rehearse_in(folder, std::string(verb) + " --help");
    CHECK(said.code == 0);
    CHECK(said.out.find("rehearse " + std::string(verb)) != std::string::npos);
    CHECK(said.err.empty());
  }
  const std::string overview = rehearse_in(folder, "--help").out;
  for (std::size_t start = 0; start < overview.size();) {
    const std::size_t end = std::min(overview.find('\n', start), overview.size());
    CAPTURE(overview.substr(start, end - start));
    CHECK(end - start <= 80);
    start = end + 1;
  }
  CHECK(rehearse_in(folder, "--version").out.find("rehearse ") == 0);
  CHECK(rehearse_in(folder, "").code == 2);
}

TEST_CASE("all that live providers lack is named before anything is written") {
  const Folder folder;
  folder.file("live.json", R"({ "providers": { "openai": "openai", "db": "postgres-rest" },
    "stages": { "a": { "call": "openai.chat" }, "b": { "call": "db.query" } } })");
  const std::string unset = "env -u OPENAI_API_KEY -u DB_BASE_URL";
  for (const char* words : {"run live.json --against live --yes",
                            "compare live.json --before base --after base --against live --yes"}) {
    const Said said = rehearse_in(folder, words, unset);
    CAPTURE(words, said.err);
    CHECK(said.code == 2);
    CHECK(said.err.find("OPENAI_API_KEY") != std::string::npos);
    CHECK(said.err.find("DB_BASE_URL") != std::string::npos);
    CHECK_FALSE(fs::exists(folder.path / "runs"));
  }
  CHECK(rehearse_in(folder, "run live.json --against live --dry-run", unset).code == 0);
}

TEST_CASE("a live provider's key is that of its own name, else that of its API") {
  const Folder folder;
  folder.file("live.json", R"({ "providers": { "anthropic": "anthropic", "gemini": "gemini",
    "stability": "stability" }, "stages": { "a": { "call": "anthropic.chat" },
    "b": { "call": "gemini.chat" }, "c": { "call": "stability.image" } } })");
  const std::string run = "run live.json --jobs 1 --against live --yes";
  const Said none = rehearse_in(folder, run,
                                "env -u ANTHROPIC_API_KEY -u GEMINI_API_KEY -u GOOGLE_API_KEY "
                                "-u STABILITY_API_KEY");
  CAPTURE(none.err);
  CHECK(none.code == 2);
  for (const char* name : {"ANTHROPIC_API_KEY", "GEMINI_API_KEY", "STABILITY_API_KEY"}) {
    CHECK(none.err.find(name) != std::string::npos);
  }
  const Said google = rehearse_in(folder, run,
                                  "env -u ANTHROPIC_API_KEY -u GEMINI_API_KEY GOOGLE_API_KEY=k "
                                  "STABILITY_API_KEY=k");
  CHECK(google.err.find("ANTHROPIC_API_KEY") != std::string::npos);
  CHECK(google.err.find("GEMINI_API_KEY") == std::string::npos);
}

TEST_CASE("secrets reach no file, no report and no message") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(
      folder,
      "run small.json --against live --yes --jobs 1 --out live.rehearsal --report live.json",
      "OPENAI_API_KEY=sk-very-secret-0123456789 OPENAI_BASE_URL=http://127.0.0.1:9");
  CAPTURE(said.err);
  CHECK(said.err.find("sk-very-secret") == std::string::npos);
  CHECK(said.out.find("sk-very-secret") == std::string::npos);
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    CHECK(read_file(entry.path()).find("sk-very-secret") == std::string::npos);
  }
}
