#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/study/reading.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

inline constexpr double kFree = 1e-6;  // of a duration: nothing, and still a duration

// One way to play a scenario file: what to select of it, and how.
struct PointKey {
  std::vector<std::string> variants;  // sorted
  std::string workload;               // empty: the first
  WhichJobs which = WhichJobs::All;
  // Figures by pointer and their factors; "vary" for every stage's `vary`, whose value it is.
  std::map<std::string, double> scaled;
  bool changed_stages_free = false;  // what the variants change takes no time: a bound on savings
  std::uint64_t jobs = 10'000;

  auto operator<=>(const PointKey&) const = default;
};

// The points that a study needs and what it reads off them: asked for first, then played on all
// cores, each once, then looked up. Results do not depend on the number of cores.
class Points {
 public:
  Points(const scenarios::ScenarioFile& file, const Player& player, std::uint64_t seed)
      : file_(file), player_(player), seed_(seed) {}

  void want(const PointKey& point, const Subject& subject);
  // Plays what was asked for and not yet played. Errors: a point that cannot be made.
  Status play();
  // Of a subject that was asked for and played.
  const Reading& at(const PointKey& point, const Subject& subject) const;
  // The stage with the largest share of the critical path, and that share.
  std::pair<std::string, double> bottleneck(const PointKey& point) const;

  Result<scenarios::Scenario> make(const PointKey& point) const;

 private:
  struct Entry {
    std::vector<Subject> wanted;
    std::map<std::string, Reading> readings;
    std::pair<std::string, double> bottleneck;
  };
  Status play(const PointKey& point, Entry& entry) const;

  const scenarios::ScenarioFile& file_;
  const Player& player_;
  std::uint64_t seed_;
  std::map<PointKey, Entry> entries_;
};

}  // namespace rehearse::study
