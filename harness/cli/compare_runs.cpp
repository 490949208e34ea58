#include "harness/cli/compare_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "harness/cli/estimate.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/cli/run_seeds.hpp"
#include "harness/cli/run_watch.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/sharing.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/stats/sequential.hpp"
#include "harness/study/grid.hpp"

namespace rehearse::cli {
namespace {

constexpr std::size_t kLooks = 6;          // at doubling sizes: 32 times the first
constexpr std::uint64_t kFirstSeeds = 10;  // fewer cannot pass a look's stricter level
constexpr std::uint64_t kFirstJobs = 50;   // where jobs share nothing
const std::string kBefore = "before";
const std::string kAfter = "after";

// One side, as it is to run.
Result<scenarios::Scenario> make_side(const scenarios::ScenarioFile& file,
                                      const Arguments& arguments, const std::string& side,
                                      const RunSetup& setup) {
  Result<scenarios::Selection> selection = read_selection(arguments);
  if (!selection) {
    return selection.errors();
  }
  for (std::string& name : study::split_variants(arguments.text(side).value_or("base"))) {
    selection->variants.push_back(std::move(name));
  }
  Result<scenarios::Scenario> scenario = make_scenario(file, *selection, arguments);
  if (!scenario) {
    return scenario;
  }
  const Status against = check_against(*scenario, setup.world.against);
  const Status reachable = check_live(*scenario, setup.world.against);
  const Status abortable = check_abort_on(*scenario, setup);
  if (!against || !reachable || !abortable) {
    return !against ? against.errors() : !reachable ? reachable.errors() : abortable.errors();
  }
  const Status allowed = allow_spending({&*scenario}, setup, arguments.has("yes"));
  if (!allowed) {
    return allowed.errors();
  }
  return scenario;
}

// What --until-decided may use up, on both sides together.
struct Budget {
  std::optional<std::uint64_t> jobs;
  std::optional<Duration> time;  // of the wall
  std::optional<Money> cost;
};

Result<Budget> read_budget(const Arguments& arguments, const RunSetup& setup) {
  Budget out;
  const auto jobs = arguments.count("max-jobs", 1, 1'000'000'000'000ULL);
  if (!jobs) {
    return jobs.errors();
  }
  out.jobs = *jobs;
  if (const auto text = arguments.text("max-time")) {
    const Result<Duration> time = parse_duration(*text);
    if (!time) {
      return Error{"--max-time", time.error().what};
    }
    out.time = *time;
  }
  out.cost = setup.max_cost;
  if ((out.jobs || out.time) && !arguments.has("until-decided")) {
    return Error{out.jobs ? "--max-jobs" : "--max-time", "goes with --until-decided"};
  }
  return out;
}

class VariantComparison {
 public:
  VariantComparison(const Arguments& arguments, const record::ComparisonOptions& options,
                    bool detailed, const Console& console)
      : arguments_(arguments), options_(options), detailed_(detailed), console_(console) {}

  Result<ComparedVariants> run() {
    const Result<scenarios::ScenarioFile> file =
        scenarios::load_scenario(arguments_.positional().front());
    if (!file) {
      return file.errors();
    }
    Result<RunSetup> setup = read_setup(arguments_, file->folder());
    if (!setup) {
      return setup.errors();
    }
    setup_ = std::move(setup).value();
    const auto before = make_side(*file, arguments_, kBefore, setup_);
    const auto after = make_side(*file, arguments_, kAfter, setup_);
    if (!before || !after) {
      return !before ? before.errors() : after.errors();
    }
    before_ = &*before;
    after_ = &*after;
    isolated_ = is_isolated(*before, file->folder()) && is_isolated(*after, file->folder());
    const Result<Budget> budget = read_budget(arguments_, setup_);
    const bool shared_sim = setup_.world.against.is_sim() && !isolated_;
    const auto seeds = read_seeds(arguments_, shared_sim ? kSimSeeds : 1);
    if (!budget || !seeds) {
      return !budget ? budget.errors() : seeds.errors();
    }
    const auto writer = create_run_file(arguments_, file->name() + "-compare");
    if (!writer) {
      return writer.errors();
    }
    writer_ = writer->get();
    Result<record::Comparison> found =
        arguments_.has("until-decided") ? until_decided(*budget) : once(*seeds);
    const std::filesystem::path path = writer_->path();
    const Status closed = writer_->close();
    if (!found || !closed) {
      std::error_code ignored;
      std::filesystem::remove(path, ignored);
      return !found ? found.errors() : closed.errors();
    }
    console_.say("run file: " + path.string());
    return ComparedVariants{std::move(found).value(), aborted_};
  }

 private:
  Status make_seeds(std::uint64_t from, std::uint64_t to) {
    const auto plan = interleave({kBefore, before_}, {kAfter, after_}, setup_, {from, to});
    const Result<PlannedEnd> ran = run_planned(plan, *writer_, console_);
    aborted_ = aborted_ || (ran && ran->aborted);
    if (ran && setup_.max_cost && !setup_.world.against.is_sim()) {
      setup_.max_cost = std::max(Money(), *setup_.max_cost - ran->spent);
    }
    return ran ? Status(Done{}) : Status(ran.errors());
  }

  // Of all that was run until now.
  Result<record::Comparison> look(double confidence) {
    writer_->commit();
    const Status written = writer_->status();
    if (!written) {
      return written.errors();
    }
    const Result<record::Run> run = record::load_run(writer_->path());
    if (!run) {
      return run.errors();
    }
    std::vector<std::size_t> before = points_of_side(*run, kBefore);
    std::vector<std::size_t> after = points_of_side(*run, kAfter);
    if (before.empty() || after.empty()) {
      return Error{"compare", setup_.max_cost == Money()
                                  ? "--max-cost was used up before both sides had run"
                                  : "was interrupted before both sides had run"};
    }
    record::ComparisonOptions options = options_;
    options.confidence = confidence;
    return compare_points({*run, std::move(before)}, {*run, std::move(after)}, options, detailed_);
  }

  Result<record::Comparison> once(std::uint64_t seeds) {
    const Status made = make_seeds(0, seeds);
    return made ? look(options_.confidence) : made.errors();
  }

  std::uint64_t first_seeds() const {
    if (!isolated_) {
      return kFirstSeeds;
    }
    const std::uint64_t jobs = before_->workload.jobs.value_or(kFirstJobs);
    return std::max<std::uint64_t>(1, (kFirstJobs + jobs - 1) / std::max<std::uint64_t>(1, jobs));
  }

  // Whether `growth` times what was used until now is inside the budget.
  static bool affords(const Budget& budget, const record::Comparison& found, Duration wall,
                      double growth) {
    const auto ended = [](const record::RunSummary& side) {
      return side.done + side.failed + side.timed_out + side.cancelled;
    };
    const double jobs = static_cast<double>(ended(found.before) + ended(found.after));
    const double cost = found.before.cost_usd.total + found.after.cost_usd.total;
    return (!budget.jobs || jobs * growth <= static_cast<double>(*budget.jobs)) &&
           (!budget.time || wall.count_s() * growth <= budget.time->count_s()) &&
           (!budget.cost || cost * growth <= budget.cost->count_usd());
  }

  Result<record::Comparison> until_decided(const Budget& budget) {
    std::vector<double> sizes;
    for (std::size_t i = 0; i < kLooks; ++i) {
      sizes.push_back(static_cast<double>(first_seeds() << i));
    }
    const double level = stats::look_level(sizes, 1 - options_.confidence);
    const Instant start = wall_clock();
    std::uint64_t made = 0;
    for (std::size_t i = 0;; ++i) {
      const auto seeds = static_cast<std::uint64_t>(sizes[i]);
      const Status ran = make_seeds(made, seeds);
      if (!ran) {
        return ran.errors();
      }
      made = seeds;
      Result<record::Comparison> found = look(1 - level);
      if (!found) {
        return found;
      }
      const bool decided = found->verdict != record::Verdict::Inconclusive;
      console_.say(fmt::format("look {} of at most {}: {} seed{} a side: {}", i + 1, kLooks, seeds,
                               seeds == 1 ? "" : "s", stats::verdict_text(found->verdict)));
      const bool afford = affords(budget, *found, wall_clock() - start, 2);
      if (decided || i + 1 == kLooks || !afford || aborted_ || interrupted()) {
        found->notes.push_back(fmt::format(
            "{} at look {} of at most {}; each tests at {:.4f}, so that all together raise {:.2g}% "
            "false alarms",
            decided   ? "decided"
            : !afford ? "the budget ended"
                      : "not decided",
            i + 1, kLooks, level, 100 * (1 - options_.confidence)));
        return found;
      }
    }
  }

  const Arguments& arguments_;
  const record::ComparisonOptions& options_;
  bool detailed_;
  const Console& console_;
  RunSetup setup_;
  const scenarios::Scenario* before_ = nullptr;
  const scenarios::Scenario* after_ = nullptr;
  record::RunWriter* writer_ = nullptr;
  bool isolated_ = false;
  bool aborted_ = false;
};

}  // namespace

std::shared_ptr<const record::RunDetail> detail_of(const record::PointsOf& points,
                                                   const record::ComparisonSide& side) {
  const std::size_t first = static_cast<std::size_t>(&side.point - points.run.points.data());
  if (side.seeds.size() < 2) {
    return record::load_detail(points.run.path, first, side.point);
  }
  return record::load_detail(points.run.path, first, record::pool(side.seeds));
}

void add_detail(const record::PointsOf& before, const record::PointsOf& after,
                const record::ComparisonSides& sides, record::Comparison& comparison) {
  comparison.before.detail = detail_of(before, sides.before);
  comparison.after.detail = detail_of(after, sides.after);
  if (comparison.pairing == "jobs" || comparison.pairing == "batches") {
    comparison.differences = std::make_shared<const record::PairedDifferences>(
        record::paired_differences(sides.before, sides.after));
  }
}

Result<record::Comparison> compare_points(const record::PointsOf& before,
                                          const record::PointsOf& after,
                                          const record::ComparisonOptions& options, bool detailed) {
  const auto sides = record::load_sides(before, after);
  if (!sides) {
    return sides.errors();
  }
  Result<record::Comparison> found = record::compare(sides->before, sides->after, options);
  if (found && detailed) {
    add_detail(before, after, *sides, *found);
  }
  return found;
}

Result<ComparedVariants> compare_variants(const Arguments& arguments,
                                          const record::ComparisonOptions& options, bool detailed,
                                          const Console& console) {
  return VariantComparison(arguments, options, detailed, console).run();
}

}  // namespace rehearse::cli
