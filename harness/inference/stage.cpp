#include "harness/inference/stage.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/inference/endpoint.hpp"
#include "harness/inference/figures.hpp"
#include "mocks/calibration/read_timed_calls.hpp"

namespace rehearse::inference {
namespace {

using record::RecordedCall;
using SeenCalls = std::vector<const SeenCall*>;

SeenCalls calls_of(const Pipeline& pipeline, const Step& step) {
  SeenCalls out;
  for (std::size_t j = 0; j < step.calls.size(); ++j) {
    for (const std::size_t place : step.calls[j]) {
      out.push_back(&pipeline.jobs[j].calls[place]);
    }
  }
  return out;
}

// The text that most calls have.
std::string common_text(const SeenCalls& calls, std::string RecordedCall::* member, bool& differs) {
  std::map<std::string, std::size_t> seen;
  for (const SeenCall* call : calls) {
    ++seen[call->answer->*member];
  }
  differs = seen.size() > 1;
  return std::max_element(seen.begin(), seen.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

class StageWriter {
 public:
  StageWriter(const Pipeline& pipeline, std::size_t number, std::vector<std::string>& notes)
      : pipeline_(pipeline),
        number_(number),
        step_(pipeline.steps[number]),
        calls_(calls_of(pipeline, step_)),
        notes_(notes) {}

  json::Value write() {
    json::Value stage = json::Value::object();
    write_order(stage);
    if (!step_.is_call) {
      write_local(stage);
      return stage;
    }
    if (!step_.fanned_out) {
      write_presence(stage);
      write_call(stage);
      return stage;
    }
    write_items(stage);
    if (step_.inner_s <= 0) {
      write_call(stage);
      return stage;
    }
    json::Value inner = json::Value::object();
    json::Value call = json::Value::object();
    write_call(call);
    inner.set("call", std::move(call));
    json::Value between = json::Value::object();
    json::Value local = json::Value::object();
    local.set("cpu", time_figure({step_.inner_s}));
    between.set("local", std::move(local));
    between.set("basis", "measured");
    inner.set("between", std::move(between));
    stage.set("order", "sequential");
    stage.set("stages", std::move(inner));
    return stage;
  }

 private:
  void write_names(json::Value& stage, const char* key, const std::vector<std::size_t>& numbers) {
    if (numbers.empty()) {
      return;
    }
    json::Value names = json::Value::array();
    for (const std::size_t number : numbers) {
      names.push(pipeline_.steps[number].name);
    }
    stage.set(key, std::move(names));
  }

  void write_order(json::Value& stage) {
    write_names(stage, "needs", pipeline_.order.needs[number_]);
    if (!pipeline_.order.is_chain) {
      write_names(stage, "after", pipeline_.order.after[number_]);
    }
  }

  void write_local(json::Value& stage) {
    std::vector<double> seconds;
    for (std::size_t j = 0; j < step_.seconds.size(); ++j) {
      if (step_.spans[j]) {
        seconds.push_back(step_.seconds[j]);
      }
    }
    json::Value local = json::Value::object();
    local.set("cpu", time_figure(std::move(seconds)));
    stage.set("local", std::move(local));
    stage.set("basis", "measured");
    stage.set("note", "no call was under way: CPU or waiting");
  }

  void write_presence(json::Value& stage) {
    const std::size_t all = pipeline_.jobs.size();
    if (step_.jobs() < all) {
      const double share = static_cast<double>(step_.jobs()) / static_cast<double>(all);
      stage.set("when", std::round(share * 1e4) / 1e4);
      notes_.push_back(step_.name + ": in " + std::to_string(step_.jobs()) + " of " +
                       std::to_string(all) + " jobs; which ones is taken as chance");
    }
  }

  void write_items(json::Value& stage) {
    std::vector<double> counts;
    bool all_at_once = true;
    for (const std::vector<std::size_t>& calls : step_.calls) {
      counts.push_back(static_cast<double>(calls.size()));
      all_at_once = all_at_once && calls.size() <= step_.at_once;
    }
    const bool varies = *std::max_element(counts.begin(), counts.end()) !=
                        *std::min_element(counts.begin(), counts.end());
    stage.set("repeat", counts.size() >= 20 ? amount_figure(counts) : count_figure(counts));
    if (all_at_once && varies && step_.at_once > 1) {
      stage.set("parallel", "all");
    } else {
      stage.set("parallel", static_cast<std::int64_t>(step_.at_once));
    }
  }

  template <typename Value>
  std::vector<double> values(const Value& value) const {
    std::vector<double> out;
    for (const SeenCall* call : calls_) {
      out.push_back(static_cast<double>(value(*call->answer)));
    }
    return out;
  }

  void set_amount(json::Value& stage, const char* key, std::vector<double> seen, double otherwise) {
    if (std::any_of(seen.begin(), seen.end(), [&](double v) { return v != otherwise; })) {
      stage.set(key, amount_figure(std::move(seen)));
    }
  }

  void set_text(json::Value& stage, const char* key, std::string RecordedCall::* member) {
    bool differs = false;
    const std::string text = common_text(calls_, member, differs);
    if (!text.empty()) {
      stage.set(key, literal(text));
    }
    if (differs) {
      notes_.push_back(step_.name + ": its " + key + " differs; " + quoted_excerpt(text) +
                       " was asked for most often");
    }
  }

  const Service& service() const {
    return pipeline_.services.of.at(kind_of(*calls_.front()->answer));
  }

  void write_amounts(json::Value& stage) {
    const auto tokens = [&](std::int64_t calibration::TimedCall::* member) {
      return values(
          [&](const RecordedCall& call) { return calibration::timed_call(call).*member; });
    };
    if (service().is_plain) {
      set_amount(stage, "bytes", values(&moved_bytes), 0);
      return;
    }
    set_amount(stage, "n", values([](const RecordedCall& call) { return call.n; }), 1);
    set_amount(stage, "steps", values([](const RecordedCall& call) { return call.steps; }), 0);
    set_amount(stage, "max_tokens",
               values([](const RecordedCall& call) { return call.max_tokens; }), 0);
    set_amount(stage, "input_tokens", tokens(&calibration::TimedCall::input_tokens), 0);
    set_amount(stage, "output_tokens", tokens(&calibration::TimedCall::output_tokens), 0);
    set_amount(stage, "cached_tokens",
               values([](const RecordedCall& call) { return call.usage.cached_tokens; }), 0);
    set_amount(stage, "characters",
               values([](const RecordedCall& call) { return call.usage.characters; }), 0);
    if (service().operation == "chat" && stage.find("input_tokens") == nullptr) {
      notes_.push_back(step_.name +
                       ": its tokens were not told; the profile's typical ones are taken");
    }
  }

  static double moved_bytes(const RecordedCall& call) {
    const bool reads = call.method == "GET" || call.method == "HEAD";
    return reads ? answer_bytes(call) : static_cast<double>(call.request_bytes);
  }

  void write_call(json::Value& stage) {
    stage.set("call", service().provider + "." + service().operation);
    set_text(stage, "model", &RecordedCall::model);
    if (service().is_plain) {
      stage.erase("model");
    }
    set_text(stage, "size", &RecordedCall::size);
    set_text(stage, "quality", &RecordedCall::quality);
    write_amounts(stage);
    if (std::any_of(calls_.begin(), calls_.end(),
                    [](const SeenCall* call) { return call->answer->stream; })) {
      stage.set("stream", true);
    }
    stage.set("time",
              time_figure(values([](const RecordedCall& call) { return call.done.count_s(); })));
    stage.set("basis", "measured");
    write_retry(stage);
    stage.set("match", match_of(pipeline_, number_, notes_));
  }

  void write_retry(json::Value& stage) {
    std::size_t most = 0;
    std::size_t all = 0;
    std::vector<double> waits;
    for (const SeenCall* call : calls_) {
      most = std::max(most, call->failures.size());
      all += call->failures.size();
      if (!call->failures.empty()) {
        const RecordedCall& first = *call->failures.front();
        const Instant next =
            call->failures.size() > 1 ? call->failures[1]->started : call->answer->started;
        waits.push_back((next - (first.started + first.done)).count_s());
      }
    }
    if (most == 0) {
      return;
    }
    const std::string& profile = service().profile;
    if (most <= 2 && (profile == "openai" || profile == "anthropic")) {
      stage.set("retry", profile + "-sdk");
    } else {
      std::sort(waits.begin(), waits.end());
      json::Value retry = json::Value::object();
      retry.set("max_retries", static_cast<std::int64_t>(std::min<std::size_t>(most, 200)));
      retry.set("base", rounded_time(waits[waits.size() / 2]));
      stage.set("retry", std::move(retry));
    }
    notes_.push_back(step_.name + ": " + std::to_string(all) +
                     " failed attempts were made again; the base has none, the variant "
                     "as_failing has them");
  }

  const Pipeline& pipeline_;
  std::size_t number_;
  const Step& step_;
  SeenCalls calls_;
  std::vector<std::string>& notes_;
};

}  // namespace

json::Value stage_of(const Pipeline& pipeline, std::size_t step, std::vector<std::string>& notes) {
  return StageWriter(pipeline, step, notes).write();
}

}  // namespace rehearse::inference
