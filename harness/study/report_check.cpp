#include "harness/study/report_check.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "harness/study/claim_range.hpp"

namespace rehearse::study {
namespace {

using record::ClaimOpinion;
using record::ClaimRange;
using record::ClaimVerdict;
using scenarios::Claim;
using scenarios::ClaimKind;

ClaimRange range_of(const Claim& claim) { return {claim.low, claim.high}; }

std::vector<std::string> in_order(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

// What two claims must share to speak of one figure.
struct Side {
  std::string metric, of, on;
  std::vector<std::string> variants;
  scenarios::ClaimJobs jobs = scenarios::ClaimJobs::All;
  auto operator<=>(const Side&) const = default;
};
Side side_of(const Claim& claim, const std::vector<std::string>& variants) {
  return {claim.metric, claim.of, claim.on, in_order(variants), claim.jobs};
}

std::string quoted(const Claim& claim) {
  return range_text(range_of(claim), claim.unit) + " (" + claim.source + ")";
}

class Check {
 public:
  explicit Check(const std::vector<Claim>& claims) : claims_(claims) {}

  ClaimOpinion opinion(const Claim& claim) {
    ClaimOpinion out{ClaimVerdict::CannotBeJudged, "the report says nothing else about it"};
    switch (claim.kind) {
      case ClaimKind::SumsTo:
        return sum(claim);
      case ClaimKind::Is:
        return contradiction(claim).value_or(
            is_measured(claim) ? ClaimOpinion{ClaimVerdict::Holds, "the report measured it"} : out);
      case ClaimKind::Meets:
        return target(claim).value_or(out);
      case ClaimKind::Share:
        return share(claim).value_or(out);
      case ClaimKind::Saves:
      case ClaimKind::Adds:
      case ClaimKind::Times:
        return difference(claim).value_or(out);
    }
    return out;
  }

 private:
  // The figure that the report gives for one side; measured ones first.
  const Claim* figure(const Side& side, const Claim* except = nullptr) const {
    const Claim* found = nullptr;
    for (const Claim& claim : claims_) {
      if (&claim != except && claim.kind == ClaimKind::Is && side_of(claim, claim.with) == side &&
          (found == nullptr || (is_measured(claim) && !is_measured(*found)))) {
        found = &claim;
      }
    }
    return found;
  }

  const Claim* part(const std::string& name) const {
    for (const Claim& claim : claims_) {
      if (claim.id == name) {
        return &claim;
      }
    }
    return figure({"response", name, "", {}, scenarios::ClaimJobs::All});
  }

  ClaimOpinion sum(const Claim& claim) const {
    ClaimRange total;
    for (const std::string& name : claim.parts) {
      const Claim* const one = part(name);
      if (one == nullptr) {
        return {ClaimVerdict::CannotBeJudged, "the report gives no figure for " + name};
      }
      // What must only stay under a limit may be nothing.
      total.low += one->kind == ClaimKind::Meets ? 0 : one->low;
      total.high += one->high;
    }
    const ClaimRange wide = widened(range_of(claim), claim.high);
    const bool one_figure = total.high - total.low <= kClaimTolerance * total.high;
    const bool holds = one_figure ? overlap(total, wide) : same_ends(total, range_of(claim));
    return {holds ? ClaimVerdict::Holds : ClaimVerdict::Fails,
            "its parts add up to " + range_text(total, claim.unit) +
                (holds ? "" : ", not to " + range_text(range_of(claim), claim.unit))};
  }

  std::optional<ClaimOpinion> contradiction(const Claim& claim) const {
    const Claim* const other = figure(side_of(claim, claim.with), &claim);
    if (other == nullptr) {
      return std::nullopt;
    }
    const bool agree =
        overlap(widened(range_of(claim), claim.high), widened(range_of(*other), other->high));
    if (agree) {
      return ClaimOpinion{ClaimVerdict::Holds, "the report also says " + quoted(*other)};
    }
    if (is_measured(claim) && !is_measured(*other)) {
      return ClaimOpinion{ClaimVerdict::Holds, "measured; the report also says " + quoted(*other)};
    }
    return ClaimOpinion{ClaimVerdict::Fails,
                        "the report " +
                            std::string(is_measured(*other) ? "measured " : "also says ") +
                            quoted(*other)};
  }

  std::optional<ClaimOpinion> target(const Claim& claim) const {
    const Claim* const own = figure(side_of(claim, claim.with));
    if (own == nullptr || own->unit != claim.unit) {
      return std::nullopt;
    }
    const bool more = claim.metric == "throughput" || claim.metric == "goodput";
    const bool met = more ? own->high >= claim.low : own->low <= claim.high;
    return ClaimOpinion{met ? ClaimVerdict::Holds : ClaimVerdict::Fails,
                        "the report's own figure is " + quoted(*own)};
  }

  std::optional<ClaimOpinion> share(const Claim& claim) const {
    const Side side = side_of(claim, claim.with);
    const Claim* const part = figure(side);
    Side whole = side;
    whole.of.clear();
    const Claim* const all = figure(whole);
    if (part == nullptr || all == nullptr || all->low <= 0) {
      return std::nullopt;
    }
    const ClaimRange found{part->low / all->low, part->high / all->high};
    const ClaimRange ordered{std::min(found.low, found.high), std::max(found.low, found.high)};
    ClaimRange wide = widened(range_of(claim), 1);
    wide = {std::min(wide.low, claim.low - 0.01), std::max(wide.high, claim.high + 0.01)};
    const bool holds = overlap(ordered, wide);
    return ClaimOpinion{holds ? ClaimVerdict::Holds : ClaimVerdict::Fails,
                        range_text(range_of(*part), part->unit) + " of " + quoted(*all) + " is " +
                            range_text(ordered, "%")};
  }

  // A saving or a factor against the report's figures before and after.
  std::optional<ClaimOpinion> difference(const Claim& claim) const {
    const Claim* const before = figure(side_of(claim, claim.base));
    const Claim* const after = figure(side_of(claim, claim.with));
    if (before == nullptr || after == nullptr || before->unit != after->unit) {
      return beyond_total(claim, before);
    }
    const auto figure_of = [&](double b, double a) {
      switch (claim.kind) {
        case ClaimKind::Times:
          return claim.metric == "throughput" ? a / b : b / a;
        case ClaimKind::Adds:
          return claim.unit == "%" && before->unit != "%" ? (a - b) / b : a - b;
        default:
          return claim.unit == "%" && before->unit != "%" ? (b - a) / b : b - a;
      }
    };
    const double one = figure_of(before->low, after->low);
    const double two = figure_of(before->high, after->high);
    const ClaimRange found{std::min(one, two), std::max(one, two)};
    const bool holds = overlap(widened(found, before->high), range_of(claim));
    return ClaimOpinion{holds ? ClaimVerdict::Holds : ClaimVerdict::Fails,
                        "from " + quoted(*before) + " to " + quoted(*after) + " is " +
                            range_text(found, claim.unit)};
  }

  // Nothing saves more than there is.
  static std::optional<ClaimOpinion> beyond_total(const Claim& claim, const Claim* before) {
    if (before == nullptr || claim.kind != ClaimKind::Saves || claim.unit != before->unit ||
        claim.low <= before->high) {
      return std::nullopt;
    }
    return ClaimOpinion{ClaimVerdict::Fails, "more than all there is, " + quoted(*before)};
  }

  const std::vector<Claim>& claims_;
};

}  // namespace

bool is_measured(const Claim& claim) {
  const json::Value* const basis = claim.raw.find("basis");
  return basis != nullptr && basis->is_string() && basis->as_string() == "measured";
}

std::vector<ClaimOpinion> check_report(const std::vector<Claim>& claims) {
  Check check(claims);
  std::vector<ClaimOpinion> out;
  out.reserve(claims.size());
  for (const Claim& claim : claims) {
    out.push_back(check.opinion(claim));
  }
  return out;
}

}  // namespace rehearse::study
