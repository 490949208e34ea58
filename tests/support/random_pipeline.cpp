#include "tests/support/random_pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/base/rng.hpp"

namespace rehearse::test {
namespace {

using json::Value;

Value object_of(std::string_view key, Value value) {
  Value out = Value::object();
  out.set(key, std::move(value));
  return out;
}

// Draws one after the other from one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(mix64(seed ^ 0x52414E444F4D50ULL)) {}
  double uniform() {
    state_ = mix64(state_ + 0x9E3779B97F4A7C15ULL);
    return static_cast<double>(state_ >> 11) * 0x1.0p-53;
  }
  bool chance(double p) { return uniform() < p; }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    const double span = static_cast<double>(high - low + 1);
    return low + std::min(high - low, static_cast<std::int64_t>(uniform() * span));
  }
  // Even on a logarithmic scale, two digits.
  double spread(double low, double high) {
    const double value = std::exp(std::log(low) + uniform() * std::log(high / low));
    return std::round(value * 100) / 100;
  }

 private:
  std::uint64_t state_;
};

std::string seconds(double value) {
  return std::to_string(static_cast<std::int64_t>(std::lround(value * 1000))) + "ms";
}

Value time_of(Dice& dice, double low, double high) {
  Value out = Value::object();
  out.set("typical", seconds(dice.spread(low, high)));
  out.set("spread", std::round((0.05 + 0.3 * dice.uniform()) * 100) / 100);
  return out;
}

class Maker {
 public:
  explicit Maker(const PipelineOptions& options) : options_(options), dice_(options.seed) {}

  Value make() {
    Value out = Value::object();
    out.set("scenario", "random-" + std::to_string(options_.seed));
    out.set("inputs", inputs());
    out.set("providers", providers());
    out.set("resources", object_of("workers", object_of("slots", dice_.whole(2, 4))));
    if (dice_.chance(0.6)) {
      out.set("order", "sequential");
    }
    left_ = dice_.whole(3, 30);
    Value change = Value::object();
    Value stages = level(left_, 0, change);
    out.set("stages", std::move(stages));
    Value load = Value::object();
    load.set("jobs", static_cast<std::int64_t>(options_.jobs));
    load.set("concurrency", std::int64_t{options_.concurrency});
    out.set("workloads", object_of("load", std::move(load)));
    if (change.members().empty()) {  // something must change
      change.set("first", object_of("wait", "50ms"));
    }
    Value variant = object_of("change", object_of("stages", std::move(change)));
    out.set("variants", object_of("changed", std::move(variant)));
    return out;
  }

 private:
  static Value inputs() {
    Value values = Value::array();
    for (const char* const each : {"alpha", "beta", "gamma"}) {
      values.push(each);
    }
    return object_of("topic", object_of("choose", std::move(values)));
  }

  static Value providers() {
    Value out = Value::object();
    out.set("openai", "openai");
    out.set("backend", object_of("profile", "postgres-rest"));
    return out;
  }

  // Nothing where the stage has that value already.
  static void change_to(const Value& stage, Value& change, const char* key, Value value) {
    if (*stage.find(key) != value) {
      change.set(key, std::move(value));
    }
  }

  // A level of `count` stages; `change` gets what the variant changes of them.
  Value level(std::int64_t count, int depth, Value& change) {
    Value out = Value::object();
    std::vector<std::string> names;
    std::vector<std::string> chats;
    while (count > 0) {
      const std::string name =
          depth == 0 && names.empty() ? "first" : "s" + std::to_string(++number_);
      Value stage = Value::object();
      Value stage_change = Value::object();
      std::int64_t used = 1;
      const bool group = depth < 2 && count >= 4 && !names.empty() && dice_.chance(0.12);
      if (group) {
        const std::int64_t inner = dice_.whole(2, std::min<std::int64_t>(4, count - 2));
        Value inner_change = Value::object();
        stage.set("stages", level(inner, depth + 1, inner_change));
        if (!inner_change.members().empty()) {
          stage_change.set("stages", std::move(inner_change));
        }
        used = inner + 1;  // the group is a row of its own
      } else if (names.empty() && depth == 0) {
        stage.set("wait", "100ms");
      } else {
        work(stage, stage_change, name, chats);
      }
      wire(stage, stage_change, names, chats);
      out.set(name, std::move(stage));
      if (!stage_change.members().empty()) {
        change.set(name, std::move(stage_change));
      }
      names.push_back(name);
      count -= used;
    }
    return out;
  }

  // What it needs, in what order it runs, how often.
  void wire(Value& stage, Value& change, const std::vector<std::string>& names,
            const std::vector<std::string>& chats) {
    Value needs = Value::array();
    std::vector<std::string> chosen;
    for (int i = 0; i < 2; ++i) {
      if (!names.empty() && dice_.chance(0.55)) {
        const auto last = static_cast<std::int64_t>(names.size()) - 1;
        const std::int64_t from = std::max<std::int64_t>(0, last - 4);
        const std::string& name = names[static_cast<std::size_t>(dice_.whole(from, last))];
        if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) {
          chosen.push_back(name);
          needs.push(name);
        }
      }
    }
    if (!needs.items().empty()) {
      stage.set("needs", std::move(needs));
    }
    if (!names.empty() && dice_.chance(0.1)) {
      Value after = Value::array();
      after.push(names.back());
      stage.set("after", std::move(after));
    }
    if (dice_.chance(0.15)) {
      change.set("after", Value::array());
    }
    (void)chats;
  }

  void work(Value& stage, Value& change, const std::string& name, std::vector<std::string>& chats) {
    const double kind = dice_.uniform();
    if (kind < 0.45) {
      chat(stage, change, name, chats);
    } else if (kind < 0.53) {
      stage.set("call", "openai.image");
      stage.set("model", "dall-e-3");
      stage.set("size", "1792x1024");
      stage.set("time", time_of(dice_, 3, 8));
      if (dice_.chance(0.4)) {
        change.set("size", "1024x1024");
      }
    } else if (kind < 0.75) {
      stage.set("call", dice_.chance(0.7) ? "backend.query" : "backend.insert");
      stage.set("time", time_of(dice_, 0.3, 2));
      if (dice_.chance(0.4)) {
        stage.set("connection", "per_call");
      }
      if (dice_.chance(0.25)) {
        change.set("time", object_of("scale", dice_.spread(0.4, 2)));
      }
    } else {
      Value local = Value::object();
      local.set("io", time_of(dice_, 0.2, 3));
      stage.set("local", std::move(local));
      if (dice_.chance(0.3)) {
        stage.set("uses", "workers");
      }
      if (dice_.chance(0.25)) {
        change.set("local", object_of("io", object_of("scale", dice_.spread(0.4, 2))));
      }
    }
    if (dice_.chance(0.12)) {
      stage.set("repeat", dice_.whole(2, 6));
      stage.set("parallel", dice_.whole(1, 3));
      if (dice_.chance(0.4)) {
        change_to(stage, change, "parallel", dice_.whole(2, 4));
      }
    } else if (dice_.chance(0.08)) {
      change.set("cache", object_of("hit_rate", 0.3));
    }
  }

  void chat(Value& stage, Value& change, const std::string& name, std::vector<std::string>& chats) {
    stage.set("call", "openai.chat");
    stage.set("model", dice_.chance(0.5) ? "gpt-4o" : "gpt-4o-mini");
    stage.set("input_tokens", dice_.whole(100, 1500));
    const std::int64_t low = dice_.whole(40, 150);
    Value between = Value::array();
    between.push(low);
    between.push(low * 3);
    stage.set("output_tokens", object_of("between", std::move(between)));
    if (dice_.chance(0.6)) {
      stage.set("time", time_of(dice_, 1, 6));
    }
    if (options_.requests && !chats.empty() && dice_.chance(0.3)) {
      stage.set("request",
                object_of("prompt", "about ${topic}: ${stages." + chats.back() + ".text}"));
      Value after = Value::array();
      after.push(chats.back());
      stage.set("after", std::move(after));
    }
    chats.push_back(name);
    if (dice_.chance(0.25)) {
      change_to(stage, change, "model", dice_.chance(0.5) ? "gpt-4o-mini" : "gpt-4.1-nano");
    } else if (dice_.chance(0.3)) {
      change.set("max_tokens", low * 2);
    }
  }

  PipelineOptions options_;
  Dice dice_;
  std::int64_t left_ = 0;
  int number_ = 0;
};

}  // namespace

Value random_pipeline(const PipelineOptions& options) { return Maker(options).make(); }

}  // namespace rehearse::test
