#include "harness/record/culprit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "harness/base/text.hpp"

namespace rehearse::record {
namespace {

std::string figure(double value) {
  const double size = std::abs(value);
  const double unit = size >= 100 ? 1 : size >= 1 ? 100 : 10'000;
  return number_text(std::round(value * unit) / unit);
}

std::string from_to(double before, double after, std::string_view unit) {
  return figure(before) + std::string(unit) + " → " + figure(after) + std::string(unit);
}

std::string percents(double before, double after) {
  return from_to(100 * before, 100 * after, "%");
}

const StageSummary* find_stage(const RunSummary& run, const std::string& path) {
  for (const StageSummary& stage : run.stages) {
    if (stage.info.path == path) {
      return &stage;
    }
  }
  return nullptr;
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Mean seconds that a done job waited for this stage.
double awaited(const RunSummary& run, const StageSummary* stage) {
  return stage == nullptr ? 0 : stage->critical_share * run.response_s.mean;
}

struct Part {
  Cause cause = Cause::Code;
  double seconds = 0;
  std::string why;
};

double executions(const StageSummary& stage) { return static_cast<double>(stage.executions); }

Part queue_part(const StageSummary& b, const StageSummary& a) {
  return {Cause::Queue, a.queue_s.mean - b.queue_s.mean,
          "queue " + from_to(b.queue_s.mean, a.queue_s.mean, " s")};
}

Part cache_part(const StageSummary& b, const StageSummary& a) {
  const double hits_b = ratio(static_cast<double>(b.cache_hits), executions(b));
  const double hits_a = ratio(static_cast<double>(a.cache_hits), executions(a));
  // What a miss costs, from the side that has more of them; hits are nearly free.
  const bool before = hits_b <= hits_a;
  const double miss =
      before ? ratio(b.service_s.mean, 1 - hits_b) : ratio(a.service_s.mean, 1 - hits_a);
  return {Cause::Cache, (hits_b - hits_a) * miss, "cache hits " + percents(hits_b, hits_a)};
}

Part retry_part(const StageSummary& b, const StageSummary& a) {
  const double tries_b = ratio(static_cast<double>(b.retries), executions(b));
  const double tries_a = ratio(static_cast<double>(a.retries), executions(a));
  return {Cause::Retries, (tries_a - tries_b) * ratio(b.service_s.mean, 1 + tries_b),
          "retries a job " + from_to(tries_b, tries_a, "")};
}

Part token_part(const StageSummary& b, const StageSummary& a) {
  const auto a_call = [](std::int64_t amount, const StageSummary& stage) {
    return ratio(static_cast<double>(amount), static_cast<double>(stage.calls - stage.retries));
  };
  const double tokens_b = a_call(b.usage.output_tokens, b);
  const double tokens_a = a_call(a.usage.output_tokens, a);
  if (tokens_b > 0 && tokens_a > 0) {
    const double decode = std::max(0.0, b.service_s.mean - b.ttft_s.mean);
    return {Cause::Tokens, decode * (tokens_a / tokens_b - 1),
            "output tokens a call " + from_to(tokens_b, tokens_a, "")};
  }
  const double images_b = a_call(b.usage.images, b);
  const double images_a = a_call(a.usage.images, a);
  const double grown = images_b > 0 && images_a > 0 ? images_a / images_b - 1 : 0;
  return {Cause::Tokens, b.service_s.mean * grown,
          "images a call " + from_to(images_b, images_a, "")};
}

// The largest part of a stage's change that goes the way of the whole.
Part cause_of(const StageSummary& b, const StageSummary& a) {
  const double whole = a.response_s.mean - b.response_s.mean;
  std::array<Part, 5> parts{queue_part(b, a), cache_part(b, a), retry_part(b, a), token_part(b, a),
                            Part{}};
  const bool other_model = b.info.detail != a.info.detail;
  double rest = whole;
  for (const Part& part : parts) {
    // A prompt that is longer and a model that is faster cancel: then the model is all that is left
    // over, tokens and all. Parts are therefore only taken off where the model stayed.
    rest -= other_model && part.cause == Cause::Tokens ? 0 : part.seconds;
  }
  // A queue that moved with the time that each one in it takes is an effect, not the cause.
  const double own = a.service_s.mean - b.service_s.mean;
  if (own * whole > 0 && std::abs(own) > 0.05 * b.service_s.mean) {
    rest += parts[0].seconds;
    parts[0].seconds = 0;
  }
  parts.back() = other_model
                     ? Part{Cause::Model, rest, b.info.detail + " → " + a.info.detail}
                     : Part{Cause::Code, rest,
                            "its own time changed; model, tokens, retries and cache did not"};
  const auto along = [&](const Part& part) { return whole < 0 ? -part.seconds : part.seconds; };
  Part found = *std::max_element(parts.begin(), parts.end(),
                                 [&](const Part& x, const Part& y) { return along(x) < along(y); });
  if (other_model && found.cause == Cause::Tokens) {
    found.why += " (and " + b.info.detail + " → " + a.info.detail + ")";
  }
  return found;
}

bool moved(const StageChange& stage) {
  return !stage.in_before || !stage.in_after || stage.response_s.verdict == Verdict::Improved ||
         stage.response_s.verdict == Verdict::Regressed;
}

}  // namespace

std::string_view cause_name(Cause cause) {
  static constexpr std::array<std::string_view, 8> kNames{"model", "tokens", "retries", "queue",
                                                          "cache", "code",   "order",   "presence"};
  return kNames[static_cast<std::size_t>(cause)];
}

std::optional<Culprit> find_culprit(const RunSummary& before, const RunSummary& after,
                                    std::span<const StageChange> stages) {
  const double whole = after.response_s.mean - before.response_s.mean;
  if (before.done == 0 || after.done == 0 || std::abs(whole) < 1e-6 * before.response_s.mean) {
    return std::nullopt;
  }
  std::optional<Culprit> best;
  bool best_moved = false;
  for (const StageChange& stage : stages) {
    const StageSummary* const b = find_stage(before, stage.stage);
    const StageSummary* const a = find_stage(after, stage.stage);
    const StageSummary& any = b != nullptr ? *b : *a;
    if (any.info.kind == StageRowKind::Group || any.info.background) {
      continue;
    }
    const double change = awaited(after, a) - awaited(before, b);
    const bool real = moved(stage);
    if (change * whole <= 0 || (best && best_moved && !real)) {
      continue;
    }
    if (!best || real != best_moved || std::abs(change) > std::abs(best->change_s)) {
      best = Culprit{stage.stage, change, change / whole, Cause::Order,
                     "jobs wait for it " + std::string(change < 0 ? "less" : "more") +
                         ", its own time is as before"};
      best_moved = real;
    }
  }
  // Noise alone moves every stage a little: without a proven stage only a large part is worth a
  // name.
  if (!best || (!best_moved && best->share < 0.2)) {
    return std::nullopt;
  }
  const StageSummary* const b = find_stage(before, best->stage);
  const StageSummary* const a = find_stage(after, best->stage);
  if (b == nullptr || a == nullptr || b->executions == 0 || a->executions == 0) {
    best->cause = Cause::Presence;
    best->why =
        b == nullptr || b->executions == 0 ? "it was not there before" : "it is not there after";
  } else if (best_moved) {
    const Part part = cause_of(*b, *a);
    best->cause = part.cause;
    best->why = part.why;
  }
  return best;
}

}  // namespace rehearse::record
