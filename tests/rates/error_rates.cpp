#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/rates/cell.hpp"
#include "tests/rates/power_lines.hpp"
#include "tests/rates/state.hpp"
#include "tests/rates/virtual_trial.hpp"

// Makes reports/ERROR_RATES.md. README.md says how.

namespace {

using namespace rehearse;
using namespace rehearse::rates;

struct Settings {
  std::uint64_t pairs = 2000;
  unsigned threads = 2;
  std::string out = "reports/ERROR_RATES.md";
  std::string state = "build/error_rates.txt";
  std::string only;
};

// One line of the table: counted by `run`, kept in the state file, shown by `show`.
struct Line {
  std::string name;
  std::function<std::string()> run;  // a tab-separated list of figures
};

std::string counts(const Outcome& o) {
  return fmt::format("{} {} {} {} {} {} {}", o.statistic, o.pairs, o.refused, o.alarms, o.missed,
                     o.same, o.regressed);
}

std::string cell_figures(const Cell& cell, std::uint64_t pairs, std::uint64_t first) {
  std::string out;
  for (const Outcome& outcome : run_cell(cell, pairs, first)) {
    out += (out.empty() ? "" : "\t") + counts(outcome);
  }
  return out;
}

std::vector<Outcome> read_figures(const std::string& figures) {
  std::istringstream in(figures);
  std::vector<Outcome> out;
  Outcome o;
  while (in >> o.statistic >> o.pairs >> o.refused >> o.alarms >> o.missed >> o.same >>
         o.regressed) {
    out.push_back(o);
  }
  return out;
}

constexpr std::size_t kLong = 10'000;
constexpr std::size_t kLongest = 50'000;

std::vector<Line> all_lines(const Settings& settings) {
  std::vector<Line> out;
  for (const PowerLine& line : power_lines(settings.pairs)) {
    for (std::uint64_t first = 0; first < line.tries; first += line.chunk) {
      out.push_back({fmt::format("{}, {}", line.name, first), [=] {
                       const Tries found =
                           line.run(first, std::min(line.chunk, line.tries - first));
                       return fmt::format("{} {}", found.hits, found.tries);
                     }});
    }
  }
  for (const char* statistic : {"p50", "p95", "p99"}) {
    out.push_back({std::string("standard errors, ") + statistic,
                   [=] { return fmt::format("{:.1f}", standard_errors(statistic)); }});
  }
  for (const Cell& cell : changed_cells()) {
    const std::uint64_t pairs = cell.n >= kLong ? settings.pairs / 4 : settings.pairs;
    out.push_back({cell.name(), [=] { return cell_figures(cell, pairs, 1); }});
  }
  for (const Cell& cell : null_cells()) {
    // Of the longest, what is asked is how often there is no verdict: fewer tell that.
    const std::uint64_t pairs = cell.n >= kLongest ? settings.pairs / 4 : settings.pairs;
    out.push_back({cell.name(), [=] { return cell_figures(cell, pairs, 1); }});
  }
  return out;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

// A share that is proven to be past its bound: more than two standard errors.
bool past(double found, double bound, std::uint64_t n) {
  const double error = 100 * std::sqrt(bound / 100 * (1 - bound / 100) / static_cast<double>(n));
  return found > bound + 2 * error;
}

// What a row of the grid found, and whether that is proven to be past what is allowed.
struct NullRow {
  Outcome o;
  double alarms() const { return percent(o.alarms, o.judged()); }
  double missed() const { return percent(o.missed, o.judged()); }
  double refused() const { return percent(o.refused, o.pairs); }
  bool errs() const {
    return o.judged() > 0 && (past(alarms(), 5, o.judged()) || past(missed(), 7, o.judged()));
  }
  // 50,000 samples at up to 90% load must get a verdict in 4 of 5 cases.
  bool refuses(const Cell& cell) const {
    return cell.n >= kLongest && past(refused(), 20, o.pairs);
  }
};

// Of many rows a few pass two standard errors by chance: such cells are looked at again, with other
// luck and five times as much of it, and that decides.
constexpr std::uint64_t kSecondLook = 10'000;
constexpr std::uint64_t kOtherSeeds = 1'000'000;
std::string again(const Cell& cell) { return cell.name() + ", again"; }

std::vector<Line> second_looks(const State& state) {
  std::vector<Line> out;
  for (const Cell& cell : null_cells()) {
    if (!state.has(cell.name())) {
      continue;
    }
    const std::vector<Outcome> rows = read_figures(state.all().at(cell.name()));
    if (std::any_of(rows.begin(), rows.end(), [](const Outcome& o) { return NullRow{o}.errs(); })) {
      out.push_back({again(cell), [=] { return cell_figures(cell, kSecondLook, kOtherSeeds); }});
    }
  }
  return out;
}

std::string null_row(const Cell& cell, const NullRow& row, const NullRow* second, bool bad) {
  const std::string head =
      fmt::format("| {} | {} | {} | ", cell.name(), row.o.statistic, row.o.pairs);
  if (row.o.judged() == 0) {
    return head + "all | – | – |\n";
  }
  const std::string other = second == nullptr ? ""
                                              : fmt::format("; {:.1f}% of {} others",
                                                            second->alarms(), second->o.judged());
  return head + fmt::format("{:.1f}% | {:.1f}%{}{} | {:.1f}% |\n", row.refused(), row.alarms(),
                            other, bad ? " **!**" : "", row.missed());
}

std::string null_table(const State& state) {
  std::string out =
      "| samples | statistic | pairs | no verdict | false alarms | interval misses |\n"
      "|---|---|---:|---:|---:|---:|\n";
  std::uint64_t rows = 0;
  std::uint64_t looked_again = 0;
  std::uint64_t bad = 0;
  for (const Cell& cell : null_cells()) {
    if (!state.has(cell.name())) {
      continue;
    }
    const std::vector<Outcome> first = read_figures(state.all().at(cell.name()));
    const std::vector<Outcome> second =
        state.has(again(cell)) ? read_figures(state.all().at(again(cell))) : std::vector<Outcome>();
    for (std::size_t i = 0; i < first.size(); ++i) {
      const NullRow row{first[i]};
      const NullRow other{i < second.size() ? second[i] : Outcome()};
      const bool twice = row.errs() && i < second.size();
      const bool wrong = (twice ? other.errs() : row.errs()) || row.refuses(cell);
      ++rows;
      looked_again += twice ? 1 : 0;
      bad += wrong ? 1 : 0;
      out += null_row(cell, row, twice ? &other : nullptr, wrong);
    }
  }
  return fmt::format(
             "{} rows. Bounds: 5% false alarms and 7% missed by the interval, each + 2 standard\n"
             "errors; no verdict for at most 20% of pairs at 50,000 samples. {} rows passed a "
             "bound "
             "at\nfirst and were looked at again with {} other pairs; {} rows (**!**) are past a "
             "bound\nthere too, or were looked at once.\n\n",
             rows, looked_again, kSecondLook, bad) +
         out;
}

std::string changed_table(const State& state) {
  std::string out =
      "| samples | statistic | pairs | found | interval misses |\n|---|---|---:|---:|---:|\n";
  for (const Cell& cell : changed_cells()) {
    if (!state.has(cell.name())) {
      continue;
    }
    for (const Outcome& o : read_figures(state.all().at(cell.name()))) {
      const double missed = percent(o.missed, o.judged());
      out += fmt::format("| {} | {} | {} | {:.1f}% | {:.1f}%{} |\n", cell.name(), o.statistic,
                         o.judged(), percent(o.regressed, o.judged()), missed,
                         past(missed, 7, o.judged()) ? " **!**" : "");
    }
  }
  return out;
}

std::string share_row(const std::string& what, const std::string& goal, std::uint64_t hits,
                      std::uint64_t tries) {
  return fmt::format("| {} | {} | {:.2f}% of {} |\n", what, goal, percent(hits, tries), tries);
}

std::string power_table(const State& state) {
  std::string out = "| what | goal | found |\n|---|---|---|\n";
  for (const PowerLine& line : power_lines(1)) {
    std::uint64_t hits = 0;
    std::uint64_t tries = 0;
    for (const auto& [name, figures] : state.all()) {
      std::uint64_t h = 0;
      std::uint64_t t = 0;
      if (name.starts_with(line.name + ", ") && std::istringstream(figures) >> h >> t) {
        hits += h;
        tries += t;
      }
    }
    out += share_row(line.name, line.goal, hits, tries);
  }
  for (const char* statistic : {"p50", "p95", "p99"}) {
    const std::string name = std::string("standard errors, ") + statistic;
    if (state.has(name)) {
      out += fmt::format(
          "| 5% on one stage, in the {} of 5,000 virtual jobs | at least 5 standard "
          "errors | {} |\n",
          statistic, state.all().at(name));
    }
  }
  return out;
}

std::string page(const State& state) {
  return "# Error rates\n\n"
         "How often the verdicts of `rehearse` are wrong, by simulation. Made by\n"
         "`build/release/tests/rates/error_rates` (tests/rates/README.md says how), spot-checked "
         "in CI\n"
         "by `tests/rates/rates_test.cpp`.\n\n"
         "## Power\n\n"
         "Gates and culprits are of whole runs in virtual time: eight stages, one of them behind "
         "a\n"
         "queue, 20 seeds of 100 jobs a side; one stage draws other luck on the second side, as "
         "code\n"
         "does that was touched.\n\n" +
         power_table(state) +
         "\n## Nothing changed\n\n"
         "Both sides come from the same process; each row counts how often a verdict said "
         "otherwise,\n"
         "at a tolerance of zero, which is the strictest. *Pairs* are correlated by .9. *seeds* "
         "and\n"
         "*runs*: n runs a side of 200 jobs each, paired by seed or not. *Batches*: one long run a "
         "side.\n"
         "*No verdict*: too few values, or values that hang together too much; the rates are of "
         "the\n"
         "rest. Statistics that the sample cannot carry have no row. Cells draw independently of "
         "each\n"
         "other; of so many rows at 5%, one in forty passes two standard errors by chance.\n\n" +
         null_table(state) +
         "\n## Everything 10% slower\n\n"
         "How often the interval misses the true change where there is one (at most 7%, and 2 "
         "standard\n"
         "errors), and how often the change is found at a tolerance of zero.\n\n" +
         changed_table(state);
}

void run_lines(const Settings& settings, const std::vector<Line>& lines, State& state) {
  std::vector<const Line*> todo;
  for (const Line& line : lines) {
    if (!state.has(line.name) && line.name.find(settings.only) != std::string::npos) {
      todo.push_back(&line);
    }
  }
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < settings.threads; ++i) {
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < todo.size(); at = next++) {
        state.add(todo[at]->name, todo[at]->run());
        std::fprintf(stderr, "%zu of %zu: %s\n", at + 1, todo.size(), todo[at]->name.c_str());
      }
    });
  }
}

bool read_settings(int argc, char** argv, Settings& out) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--pairs") {
      out.pairs = std::strtoull(value.c_str(), nullptr, 10);
    } else if (flag == "--threads") {
      out.threads = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    } else if (flag == "--out") {
      out.out = value;
    } else if (flag == "--state") {
      out.state = value;
    } else if (flag == "--only") {
      out.only = value;
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && out.pairs > 0 && out.threads > 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (!read_settings(argc, argv, settings)) {
    std::cerr << "usage: error_rates [--pairs N] [--threads N] [--only TEXT] [--state FILE] "
                 "[--out FILE]\n";
    return 2;
  }
  State state(settings.state);
  run_lines(settings, all_lines(settings), state);
  run_lines(settings, second_looks(state), state);
  std::ofstream out(settings.out);
  out << page(state);
  return out.good() ? 0 : 1;
}
