#include "harness/record/comparison_words.hpp"

#include <cmath>
#include <cstdio>

namespace rehearse::record {
namespace {

std::string percent(double ratio) {
  char out[32];
  std::snprintf(out, sizeof out, "%+.1f%%", ratio * 100);
  return out;
}

std::string size_text(const MetricChange& row) {
  return row.change && std::abs(*row.change) >= 0.0005 ? " (" + percent(*row.change) + ")" : "";
}

std::string phrase(const MetricChange& row, std::string_view subject, std::string_view less,
                   std::string_view more) {
  std::string out(subject);
  const Verdict verdict = row.verdict.value_or(Verdict::Inconclusive);
  if (verdict == Verdict::Same) {
    return out + " the same within tolerance" + size_text(row);
  }
  if (verdict == Verdict::Inconclusive || !row.change) {
    return out + " inconclusive" + (row.why.empty() ? "" : " (" + row.why + ")");
  }
  out += " ";
  out += verdict == Verdict::Improved ? less : more;
  out += " by " + percent(std::abs(*row.change)).substr(1);
  if (row.low && row.high) {
    out += " (" + percent(*row.low) + " to " + percent(*row.high) + ")";
  }
  return out;
}

bool decided(const MetricChange& row) {
  return row.verdict && row.verdict != Verdict::Inconclusive;
}

// The row that speaks for the response time, and the other one.
struct Response {
  const MetricChange& spoken;
  const MetricChange& other;
};

Response response_rows(const Comparison& comparison) {
  const MetricChange& mean = *find_row(comparison, "response_s", "mean");
  const MetricChange& median = *find_row(comparison, "response_s", "p50");
  return !decided(mean) && decided(median) ? Response{median, mean} : Response{mean, median};
}

std::string response_phrase(const Response& rows) {
  std::string out = phrase(rows.spoken, "response " + rows.spoken.statistic, "faster", "slower");
  // A second figure is only said where it would surprise in the table below.
  if (decided(rows.other) && rows.other.verdict != rows.spoken.verdict) {
    out += ", " + phrase(rows.other, rows.other.statistic, "faster", "slower");
  }
  return out;
}

}  // namespace

const MetricChange* find_row(const Comparison& comparison, std::string_view name,
                             std::string_view statistic) {
  for (const MetricChange& row : comparison.metrics) {
    if (row.name == name && row.statistic == statistic) {
      return &row;
    }
  }
  return nullptr;
}

void judge_overall(Comparison& comparison) {
  const Response time = response_rows(comparison);
  const MetricChange& money = *find_row(comparison, "cost_usd", "mean");
  const MetricChange& errors = *find_row(comparison, "error_rate", "rate");
  const auto any = [&](Verdict verdict) {
    return time.spoken.verdict == verdict || money.verdict == verdict || errors.verdict == verdict;
  };
  if (any(Verdict::Regressed)) {
    comparison.verdict = Verdict::Regressed;
  } else if (any(Verdict::Improved)) {
    comparison.verdict = Verdict::Improved;
  } else if (time.spoken.verdict == Verdict::Same && money.verdict == Verdict::Same) {
    comparison.verdict = Verdict::Same;
  }
  comparison.headline =
      response_phrase(time) + "; " + phrase(money, "mean cost", "cheaper", "dearer");
  if (errors.verdict == Verdict::Regressed || errors.verdict == Verdict::Improved) {
    comparison.headline +=
        errors.verdict == Verdict::Regressed ? "; more errors" : "; fewer errors";
  }
}

}  // namespace rehearse::record
