#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "harness/cli/progress.hpp"
#include "harness/json/read.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/terminal.hpp"

// The progress line, and what an interrupt does: as seen on a terminal, and where there is none.

using namespace rehearse;
using namespace rehearse::test;
using namespace rehearse::literals;

namespace {

// What `speak` writes to stderr.
template <typename Speak>
std::string captured(Speak speak) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  speak();
  std::fflush(stderr);
  dup2(kept, STDERR_FILENO);
  close(kept);
  std::string out(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  REQUIRE(std::fread(out.data(), 1, out.size(), file) == out.size());
  std::fclose(file);
  return out;
}

engine::Progress progress_at(std::uint64_t ended, Duration now) {
  engine::Progress progress;
  progress.issued = ended + 4;
  progress.ended = ended;
  progress.in_flight = 4;
  progress.expected = 1000;
  progress.now = Instant() + now;
  return progress;
}

// Columns, where every character is one wide.
std::size_t columns(const std::string& row) {
  return static_cast<std::size_t>(std::count_if(row.begin(), row.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

const std::vector<std::string> kShortRun{"run",  "small.json", "--jobs", "16",    "--against",
                                         "mock", "--speed",    "20",     "--out", "p.rehearsal"};

}  // namespace

TEST_CASE("where nobody watches a terminal, a plain line tells rate and rest every 10 s") {
  const cli::Console console;
  const Instant start = Instant() + 1000_s;
  const std::string said = captured([&] {
    cli::ProgressLine line(console, "night", start);
    line.update(progress_at(100, 20_s), std::nullopt, start + 5_s);    // too early
    line.update(progress_at(250, 50_s), std::nullopt, start + 10_s);   // 25 a second, 30 s left
    line.update(progress_at(251, 50_s), std::nullopt, start + 19_s);   // too early again
    line.update(progress_at(500, 100_s), std::nullopt, start + 20_s);  // half
  });
  CHECK(said ==
        "night: 250 of 1000 jobs, 25/s, 4 inside, at 50.0 s, 25%, about 30.0 s left\n"
        "night: 500 of 1000 jobs, 25/s, 4 inside, at 100 s, 50%, about 20.0 s left\n");
}

TEST_CASE("no rest is promised before anything ended, and none where nobody knows the end") {
  const cli::Console console;
  const Instant start = Instant() + 1000_s;
  const std::string said = captured([&] {
    cli::ProgressLine line(console, "x", start);
    line.update(progress_at(0, 0_s), std::nullopt, start + 10_s);
    engine::Progress endless = progress_at(10, 5_s);
    endless.expected.reset();
    endless.failed = 3;
    line.update(endless, std::nullopt, start + 20_s);
    line.update(endless, 20_s, start + 40_s);  // by scenario time: a quarter
  });
  CHECK(said ==
        "x: 0 of 1000 jobs, 4 inside, at 0 s\n"
        "x: 10 of ? jobs, 3 not done, 0.5/s, 4 inside, at 5.00 s\n"
        "x: 10 of ? jobs, 3 not done, 0.25/s, 4 inside, at 5.00 s, 25%, about 2 m 00 s left\n");
}

TEST_CASE("a quiet run and one of under half a second show no progress") {
  cli::Console console;
  console.err_is_terminal = true;
  const Instant start = Instant() + 1000_s;
  CHECK(captured([&] {
          cli::ProgressLine line(console, "x", start);
          line.update(progress_at(1, 1_s), std::nullopt, start + 400_ms);
        }).empty());
  console.quiet = true;
  CHECK(captured([&] {
          cli::ProgressLine line(console, "x", start);
          line.update(progress_at(1, 1_s), std::nullopt, start + 60_s);
        }).empty());
}

TEST_CASE("on a terminal one row tells jobs, rate and rest, and is gone at the end") {
  const Folder folder;
  folder.file("small.json", kSmall);
  Terminal terminal({.folder = folder.path.string(), .columns = 120}, kShortRun);
  REQUIRE(terminal.finish() == 0);
  CAPTURE(terminal.screen());
  const std::vector<std::string> rows = terminal.drawn();
  REQUIRE(rows.size() >= 3);
  CHECK(rows[0].find("small: ") == 0);
  CHECK(rows[0].find(" of 16 jobs, ") != std::string::npos);
  CHECK(rows[0].find("/s, 1 inside") != std::string::npos);
  CHECK(rows[0].find(" left") != std::string::npos);
  // The last erasing is followed by words for people on a clean row.
  CHECK(rows.back().find("run file: p.rehearsal") == 0);
  CHECK(read_file(folder.path / "out.txt").find('\033') == std::string::npos);
}

TEST_CASE("a narrow terminal gets a cut row, never a wrapped one, whatever the name") {
  const Folder folder;
  std::string text = kSmall;
  text.replace(text.find("\"small\""), 7, "\"ein-schöner-langer-Näme-für-eine-Probe\"");
  folder.file("small.json", text);
  Terminal terminal({.folder = folder.path.string(), .columns = 24}, kShortRun);
  REQUIRE(terminal.finish() == 0);
  CAPTURE(terminal.screen());
  std::vector<std::string> rows = terminal.drawn();
  REQUIRE(rows.size() >= 3);
  rows.pop_back();  // words for people
  for (const std::string& row : rows) {
    CHECK(columns(row) < 24);
    CHECK(row.find("\xEF\xBF\xBD") == std::string::npos);  // no half character
  }
}

TEST_CASE("a file, a pipe and a dumb terminal get no escape codes") {
  const Folder folder;
  folder.file("small.json", kSmall);
  {
    Terminal terminal({.folder = folder.path.string(), .err_on_terminal = false}, kShortRun);
    REQUIRE(terminal.finish() == 0);
  }
  const std::string err = read_file(folder.path / "err.txt");
  CHECK(err.find("run file: p.rehearsal") == 0);
  CHECK(err.find_first_of("\033\r") == std::string::npos);
  fs::remove(folder.path / "p.rehearsal");
  Terminal dumb({.folder = folder.path.string(), .term = "dumb"}, kShortRun);
  REQUIRE(dumb.finish() == 0);
  CHECK(dumb.screen().find('\033') == std::string::npos);
}

TEST_CASE("Ctrl-C ends a run after its drain, on a clean row, and reports what is there") {
  const Folder folder;
  folder.file("small.json", kSmall);
  // One job in flight takes 210 s on the wall: nobody is to wait for it.
  Terminal terminal(
      {.folder = folder.path.string(), .columns = 120},
      {"run", "small.json", "--jobs", "500", "--concurrency", "2", "--against", "mock", "--speed",
       "0.01", "--drain", "300ms", "--format", "json", "--out", "p.rehearsal"});
  REQUIRE(terminal.wait_for("2 inside"));
  terminal.press_ctrl_c();
  CHECK(terminal.finish() == 105);
  CAPTURE(terminal.screen());
  CHECK(
      terminal.screen().find("interrupted: no further jobs; 2 in flight may take 300 ms to end") !=
      std::string::npos);
  CHECK(terminal.drawn().back().find("small: ") == std::string::npos);
  const auto report = json::parse(read_file(folder.path / "out.txt"));
  REQUIRE(report);
  CHECK(report->find("jobs")->find("issued")->as_integer() == 2);
  CHECK(report->find("jobs")->find("cancelled")->as_integer() == 2);
  CHECK(report->find("stop_reason")->as_string() == "interrupted");
}

TEST_CASE("a second Ctrl-C leaves at once, and the run file can still be read") {
  const Folder folder;
  folder.file("small.json", kSmall);
  Terminal terminal({.folder = folder.path.string(), .columns = 120},
                    {"run", "small.json", "--jobs", "500", "--against", "mock", "--speed", "0.01",
                     "--drain", "1h", "--out", "p.rehearsal"});
  REQUIRE(terminal.wait_for("1 inside"));
  terminal.press_ctrl_c();
  REQUIRE(terminal.wait_for("interrupted"));
  terminal.press_ctrl_c();
  CHECK(terminal.finish() == 130);
  CHECK(terminal.screen().back() == '\n');
  const Said said = rehearse_in(folder, "report p.rehearsal");
  CAPTURE(said.err);
  CHECK(said.code == 0);
}

TEST_CASE("an --abort-on objective that is missed ends the run with 99 and a report") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(folder,
                                "run small.json --jobs 100000 --abort-on 'mean of response < 60s' "
                                "--abort-on 'p(50) < 1s' --format json --out a.rehearsal");
  CAPTURE(said.err);
  CHECK(said.code == 99);
  const auto report = json::parse(said.out);
  REQUIRE(report);
  const std::int64_t done = report->find("jobs")->find("done")->as_integer();
  CHECK(done >= 20);
  CHECK(done < 1000);
  CHECK(report->find("stop_reason")->as_string() == "\"p(50) < 1s\" was missed");
  CHECK(rehearse_in(folder, "report a.rehearsal").code == 0);
  // Over before anybody looked: missed all the same. Met: no trouble.
  CHECK(rehearse_in(folder, "run small.json --jobs 50 --abort-on 'p(50)<1s' --out b.rehearsal")
            .code == 99);
  CHECK(rehearse_in(folder, "run small.json --jobs 50 --abort-on 'p(50)<9s' --out c.rehearsal")
            .code == 0);
  const Said lost = rehearse_in(
      folder, "run small.json --jobs 5 --abort-on 'p(50) of response of stage darft < 1s'");
  CHECK(lost.code == 2);
  CHECK(lost.err.find("did you mean \"draft\"?") != std::string::npos);
  // Too few jobs to judge is not missed.
  CHECK(
      rehearse_in(folder, "run small.json --jobs 5 --abort-on 'p(50)<1s' --out d.rehearsal").code ==
      0);
}

TEST_CASE("over HTTP an --abort-on objective is judged while the jobs run") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said =
      rehearse_in(folder,
                  "run small.json --jobs 100000 --concurrency 20 --against mock --speed 20 "
                  "--abort-on 'max < 1s' --format json --out a.rehearsal");
  CAPTURE(said.err);
  CHECK(said.code == 99);
  const auto report = json::parse(said.out);
  REQUIRE(report);
  CHECK(report->find("jobs")->find("done")->as_integer() < 2000);
}
