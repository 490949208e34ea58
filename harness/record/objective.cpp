#include "harness/record/objective.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/record/objective_words.hpp"

namespace rehearse::record {
namespace {

constexpr std::size_t kLongestObjective = 500;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Objective> run() {
    Objective out;
    out.text = text_;
    if (text_.size() > kLongestObjective) {
      return fail("expected at most 500 characters");
    }
    if (take_word("delta")) {
      out.delta = true;
      if (!take('(')) {
        return fail("expected \"(\" after delta, as in delta(p95) < 10%");
      }
    }
    if (!subject(out) || (out.delta && !closing())) {
      return Error(error_);
    }
    if (!op(out) || !value(out)) {
      return Error(error_);
    }
    skip();
    if (at_ != text_.size()) {
      return fail("expected the end");
    }
    return out;
  }

  Result<Objective> run_metric() {
    Objective out;
    out.text = text_;
    const std::string_view word = peek_word();
    if (const std::optional<Metric> alone = find_metric(word); alone && word == text_) {
      out.metric = *alone;
      return out;
    }
    if (text_.size() > kLongestObjective) {
      return fail("expected at most 500 characters");
    }
    if (!subject(out)) {
      return Error(error_);
    }
    skip();
    if (at_ != text_.size()) {
      return fail("expected the end");
    }
    return out;
  }

 private:
  Error fail(std::string what) {
    skip();
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    return {"objective:" + std::to_string(at_ + 1),
            std::move(what) + ", found " +
                (rest.empty() ? std::string("the end") : quoted_excerpt(rest))};
  }
  bool bad(std::string what) {
    error_ = fail(std::move(what));
    return false;
  }

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool take(char c) {
    skip();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  std::string_view peek_word() {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) {
      ++end;
    }
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view word) {
    if (peek_word() != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  // [stat of] metric [of scope NAME], or stat alone.
  bool subject(Objective& out) {
    const std::string_view word = peek_word();
    if (const std::optional<Metric> metric = find_metric(word)) {
      at_ += word.size();
      out.metric = *metric;
      if (!is_scalar(*metric)) {
        return bad("expected a statistic before " + std::string(word) + ", as in p(95) of " +
                   std::string(word));
      }
      out.stat = Stat::Rate;
    } else if (!stat(out)) {
      return false;
    } else if (take_word("of")) {
      const std::string_view name = peek_word();
      const std::optional<Metric> named = find_metric(name);
      if (!named) {
        return bad("expected a metric" + nearest(name, metric_words()));
      }
      at_ += name.size();
      out.metric = *named;
    } else {
      out.metric = out.stat == Stat::Rate ? Metric::Errors : Metric::Response;
    }
    return scope(out) && fits(out);
  }

  std::string nearest(std::string_view word, std::span<const std::string_view> words) {
    const std::string near = nearest_name(word, words);
    if (!near.empty()) {
      return " (did you mean " + near + "?)";
    }
    std::string all;
    for (const std::string_view each : words) {
      all += all.empty() ? " (" : ", ";
      all += each;
    }
    return all + ")";
  }

  bool stat(Objective& out) {
    const std::string_view word = peek_word();
    // "p95" and "p99_9" are one word; "p(95)" is "p" and a number.
    if (word.size() > 1 && word[0] == 'p' && std::isdigit(static_cast<unsigned char>(word[1]))) {
      at_ += 1;
      return percentile(out);
    }
    const std::optional<Stat> known = find_stat(word);
    if (!known) {
      return bad("expected a statistic or a metric" + nearest(word, subject_words()));
    }
    at_ += word.size();
    out.stat = *known;
    if (word == "med") {
      out.argument = 0.5;
    } else if (out.stat == Stat::Quantile) {
      return (take('(') || bad("expected \"(\", as in p(95)")) && percentile(out) && closing();
    } else if (out.stat == Stat::Share) {
      return share(out);
    }
    return true;
  }

  bool percentile(Objective& out) {
    double percent = 0;
    if (!number(percent)) {
      return false;
    }
    if (!(percent > 0 && percent < 100)) {
      return bad("expected a percentile above 0 and below 100 before this");
    }
    out.stat = Stat::Quantile;
    out.argument = percent / 100;
    return true;
  }

  bool share(Objective& out) {
    if (!take('(') || !take('>')) {
      return bad("expected \"(>\", as in share(>20s)");
    }
    argument_at_ = at_;
    return quantity(out.argument, argument_unit_) && closing();
  }

  bool closing() { return take(')') || bad("expected \")\""); }

  bool scope(Objective& out) {
    if (!take_word("of")) {
      return true;
    }
    static constexpr std::array<std::string_view, 3> kScopes{"stage", "task", "resource"};
    const std::string_view word = peek_word();
    const auto* const found = std::find(kScopes.begin(), kScopes.end(), word);
    if (found == kScopes.end()) {
      return bad("expected stage, task or resource" + nearest(word, kScopes));
    }
    at_ += word.size();
    out.scope = static_cast<Scope>(found - kScopes.begin() + 1);
    skip();
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != '<' && text_[end] != '>' && text_[end] != '=' &&
           !(out.delta && text_[end] == ')')) {
      ++end;
    }
    std::string_view name = text_.substr(at_, end - at_);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) {
      name.remove_suffix(1);
    }
    if (name.empty()) {
      return bad("expected a name");
    }
    out.name = name;
    at_ = end;
    return true;
  }

  // Does this statistic exist of this metric?
  bool fits(Objective& out) {
    const std::string metric(metric_name(out.metric));
    if (is_scalar(out.metric) && (out.stat == Stat::Quantile || out.stat == Stat::Share)) {
      return bad(metric + " is one number of a run: write " + metric + " alone");
    }
    if (!is_scalar(out.metric) && out.stat == Stat::Rate) {
      return bad("rate is of errors, timeouts, truncated or cache_hits, not of " + metric);
    }
    if (out.stat == Stat::Share && !same_kind(argument_unit_, unit_of(out))) {
      at_ = argument_at_;
      return bad("expected a " + std::string(unit_word(unit_of(out))) + " in share(>…)");
    }
    return true;
  }

  bool op(Objective& out) {
    const bool less = take('<');
    if (!less && !take('>')) {
      return bad("expected <, <=, > or >=");
    }
    const bool equal = at_ < text_.size() && text_[at_] == '=';
    at_ += equal ? 1 : 0;
    out.op = less ? (equal ? Op::LessEqual : Op::Less) : (equal ? Op::GreaterEqual : Op::Greater);
    return true;
  }

  bool value(Objective& out) {
    skip();
    const std::size_t start = at_;
    std::optional<ValueUnit> unit;
    if (!quantity(out.value, unit)) {
      return false;
    }
    const ValueUnit wanted = out.stat == Stat::Share ? ValueUnit::Ratio : unit_of(out);
    out.unit = unit.value_or(wanted);
    if (out.delta && unit == ValueUnit::Ratio) {
      return true;
    }
    if (!unit && wanted == ValueUnit::Seconds && out.value == 0) {
      return true;
    }
    if (!same_kind(unit, wanted)) {
      at_ = start;
      return bad("expected a " + std::string(unit_word(wanted)));
    }
    if (unit == ValueUnit::Ratio && wanted == ValueUnit::Number) {
      out.unit = wanted;
    }
    return true;
  }

  bool number(double& out) {
    skip();
    const char* const begin = text_.data() + at_;
    const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), out);
    if (code != std::errc() || !std::isfinite(out)) {
      return bad("expected a number");
    }
    at_ += static_cast<std::size_t>(end - begin);
    return true;
  }

  // A number with its unit; durations as in scenarios ("1m30s").
  bool quantity(double& out, std::optional<ValueUnit>& unit) {
    skip();
    const std::size_t start = at_;
    if (!number(out)) {
      return false;
    }
    skip();
    std::size_t end = at_;
    while (end < text_.size() && (is_word(text_[end]) || text_[end] == '%' || text_[end] == '/')) {
      ++end;
    }
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) {
      return true;
    }
    if (const std::optional<KnownUnit> known = find_unit(word)) {
      out *= known->factor;
      unit = known->unit;
      at_ = end;
      return true;
    }
    end = start;
    while (end < text_.size() && (is_word(text_[end]) || text_[end] == '.')) {
      ++end;
    }
    const Result<Duration> duration = parse_duration(text_.substr(start, end - start));
    if (!duration.ok()) {
      return bad("expected a unit: ms, s, m, h, USD, %, MB, GB or /s");
    }
    out = duration.value().count_s();
    unit = ValueUnit::Seconds;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t argument_at_ = 0;
  std::optional<ValueUnit> argument_unit_;
  Error error_;
};

}  // namespace

Result<Objective> parse_objective(std::string_view text) { return Parser(text).run(); }

Result<Objective> parse_metric(std::string_view text) { return Parser(text).run_metric(); }

}  // namespace rehearse::record
