#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "harness/study/candidate.hpp"

// What is asked of a provider: another model, fewer pixels or steps, shorter texts.
namespace rehearse::study {
namespace {

using json::Value;
using record::Quality;
using scenarios::Stage;

// A call of the workload in force that asks the same of every job.
bool is_plain_call(const Stage& stage) {
  return stage.kind == scenarios::StageKind::Call && !stage.skip &&
         !stage.call.spec.model.expression && !stage.call.spec.size.expression &&
         !stage.call.spec.quality.expression;
}

const latency::Profile& profile_of(const Ground& ground, const Stage& stage) {
  return *ground.profiles[stage.call.spec.provider];
}

const latency::Entry* entry_of(const Ground& ground, const Stage& stage) {
  const auto& spec = stage.call.spec;
  return profile_of(ground, stage).find(spec.operation, spec.model.constant);
}

// Pixels of "1792x1024"; 0 where it is none.
double pixels(std::string_view size) {
  double width = 0;
  double height = 0;
  const char* const end = size.data() + size.size();
  const auto first = std::from_chars(size.data(), end, width);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x') {
    return 0;
  }
  const auto second = std::from_chars(first.ptr + 1, end, height);
  return second.ec == std::errc() && second.ptr == end ? width * height : 0;
}

std::string per_cent(double share) {
  return std::to_string(static_cast<int>(std::lround(share * 100))) + "%";
}

void propose_sizes(const Ground& ground, const Stage& stage, const latency::Entry& entry,
                   std::vector<Candidate>& out) {
  const std::string now =
      stage.call.spec.size.constant.empty() ? entry.size : stage.call.spec.size.constant;
  const double most = pixels(now);
  std::vector<std::string> sizes;
  for (const latency::NamedFactor& size : entry.sizes) {
    sizes.push_back(size.name);
  }
  if (sizes.empty() && entry.pixels_exponent > 0) {
    sizes = {"768x768", "512x512"};
  }
  for (const std::string& size : sizes) {
    const double share = most > 0 ? pixels(size) / most : 0;
    if (!(share > 0 && share < 1)) {
      continue;
    }
    Candidate one;
    std::string where;
    one.change = at_key(ground, stage, "size", size, where);
    one.name = word_of(where) + "_" + word_of(size);
    one.kind = "size";
    one.slot = "size of " + where;
    one.quality = Quality::Lower;
    one.harm = 1 - share;
    one.what = where + ": " + size + ", not " + now;
    one.trade_off = per_cent(1 - share) + " fewer pixels";
    out.push_back(std::move(one));
  }
}

void propose_steps(const Ground& ground, const Stage& stage, const latency::Entry& entry,
                   std::vector<Candidate>& out) {
  const auto& spec = stage.call.spec;
  const std::int64_t given = spec.steps.is_constant() ? std::llround(spec.steps.value(0.5, {})) : 0;
  const std::int64_t steps = given > 0 ? given : entry.steps;
  if (steps >= 10 && entry.steps_share > 0) {
    Candidate one;
    std::string where;
    one.change = at_key(ground, stage, "steps", Value(steps / 2), where);
    one.name = word_of(where) + "_half_the_steps";
    one.kind = "size";
    one.slot = "steps of " + where;
    one.quality = Quality::Lower;
    one.what =
        where + ": " + std::to_string(steps / 2) + " diffusion steps, not " + std::to_string(steps);
    one.trade_off = "coarser images: look at some";
    out.push_back(std::move(one));
  }
  const std::string now = spec.quality.constant.empty() ? entry.quality : spec.quality.constant;
  double factor = 1;
  for (const latency::NamedFactor& each : entry.qualities) {
    factor = each.name == now ? each.factor : factor;
  }
  for (const latency::NamedFactor& each : entry.qualities) {
    if (each.factor < factor) {
      Candidate one;
      std::string where;
      one.change = at_key(ground, stage, "quality", each.name, where);
      one.name = word_of(where) + "_quality_" + word_of(each.name);
      one.kind = "size";
      one.slot = "quality of " + where;
      one.quality = Quality::Lower;
      one.harm = factor - each.factor;
      one.what = where + ": quality " + each.name + ", not " + now;
      one.trade_off = "images of a lower quality";
      out.push_back(std::move(one));
    }
  }
}

}  // namespace

void propose_models(const Ground& ground, std::vector<Candidate>& out) {
  for (const Stage& stage : ground.scenario.stages) {
    const latency::Entry* const now = is_plain_call(stage) ? entry_of(ground, stage) : nullptr;
    if (now == nullptr) {
      continue;
    }
    for (const latency::Entry& entry : profile_of(ground, stage).entries) {
      const bool usable = entry.operation == now->operation && &entry != now &&
                          !entry.model.empty() && entry.model.find('*') == std::string::npos;
      if (!usable) {
        continue;
      }
      Candidate one;
      std::string where;
      one.change = at_key(ground, stage, "model", entry.model, where);
      // A size that the other model has not is asked for no more.
      const auto& size = stage.call.spec.size.constant;
      const bool fits =
          size.empty() || entry.sizes.empty() ||
          std::any_of(entry.sizes.begin(), entry.sizes.end(),
                      [&](const latency::NamedFactor& each) { return each.name == size; });
      if (!fits) {
        std::string unused;
        add_patch(one.change,
                  at_key(ground, stage, "size",
                         entry.size.empty() ? entry.sizes.back().name : entry.size, unused));
      }
      one.name = word_of(where) + "_" + word_of(entry.model);
      one.kind = "model";
      one.slot = "model of " + where;
      one.quality = Quality::Lower;
      one.what = where + ": " + entry.model + ", not " + now->model;
      one.trade_off = "another model: judge its answers" +
                      std::string(fits ? "" : "; it has not the size that was asked for");
      out.push_back(std::move(one));
    }
  }
}

void propose_images(const Ground& ground, std::vector<Candidate>& out) {
  for (const Stage& stage : ground.scenario.stages) {
    const latency::Entry* const entry = is_plain_call(stage) ? entry_of(ground, stage) : nullptr;
    if (entry != nullptr &&
        (entry->kind == latency::Kind::Image || entry->kind == latency::Kind::Video)) {
      propose_sizes(ground, stage, *entry, out);
      propose_steps(ground, stage, *entry, out);
    }
  }
}

void propose_token_limits(const Ground& ground, std::vector<Candidate>& out) {
  constexpr double kKept[] = {0.95, 0.75};  // shares of the answers that stay whole
  for (const Stage& stage : ground.scenario.stages) {
    const latency::Entry* const entry = is_plain_call(stage) ? entry_of(ground, stage) : nullptr;
    if (entry == nullptr || entry->kind != latency::Kind::Chat) {
      continue;
    }
    const auto& spec = stage.call.spec;
    const bool drawn = spec.output_tokens && !spec.output_tokens->expression;
    if (spec.output_tokens && !drawn) {
      continue;
    }
    const Distribution& length = drawn ? spec.output_tokens->distribution : entry->output_tokens;
    const bool fixed = spec.max_tokens && spec.max_tokens->expression;
    const double limit = spec.max_tokens && !fixed ? spec.max_tokens->value(0.5, {}) : 1e15;
    for (const double kept : kKept) {
      const double cut = std::ceil(length.quantile(kept) / 5) * 5;
      if (length.is_constant() || fixed || !(cut > 0) || cut >= limit) {
        continue;
      }
      Candidate one;
      Value keys = Value::object();
      keys.set("max_tokens", static_cast<std::int64_t>(cut));
      one.change = at_stage(ground, stage, std::move(keys));
      one.name = word_of(stage.path) + "_tokens_" + std::to_string(std::lround(cut));
      one.kind = "token_limit";
      one.slot = "token limit of " + stage.path;
      one.quality = Quality::Lower;
      one.harm = 1 - kept;
      one.what = stage.path + ": at most " + std::to_string(std::lround(cut)) + " output tokens" +
                 (limit < 1e15 ? ", not " + std::to_string(std::lround(limit)) : "");
      one.trade_off = "about " + per_cent(1 - kept) + " of its answers are cut";
      out.push_back(std::move(one));
    }
  }
}

}  // namespace rehearse::study
