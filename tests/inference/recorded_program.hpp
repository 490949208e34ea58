#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <utility>

#include "harness/inference/infer.hpp"
#include "harness/json/layout.hpp"
#include "harness/json/write.hpp"
#include "scenarios/load.hpp"

namespace rehearse::test {

// A recording that nobody recorded: calls with their times in milliseconds.
class RecordedProgram {
 public:
  explicit RecordedProgram(double took_ms) { job_.took = ms(took_ms); }

  record::RecordedCall& call(const std::string& operation, double from_ms, double to_ms) {
    record::RecordedCall call;
    call.id = job_.calls.size() + 1;
    call.provider = "openai";
    call.method = "POST";
    call.operation = operation;
    call.path = operation == "image" ? "/v1/images/generations" : "/v1/chat/completions";
    call.model = operation == "image" ? "dall-e-3" : "gpt-4o";
    call.started = Instant() + ms(from_ms);
    call.done = ms(to_ms - from_ms);
    call.status = 200;
    call.request_bytes = 500;
    call.response_bytes = 1'000;
    call.end = record::CallEnd::Answered;
    if (operation == "chat") {
      call.usage_known = true;
      call.usage.input_tokens = 100;
      call.usage.output_tokens = 50;
    } else {
      call.usage.images = 1;
    }
    job_.calls.push_back(std::move(call));
    return job_.calls.back();
  }
  record::RecordedCall& fetch(const std::string& path, double from_ms, double to_ms) {
    record::RecordedCall& out = call("chat", from_ms, to_ms);
    out.provider = "cms";
    out.method = "GET";
    out.operation = path.substr(path.rfind('/') + 1);
    out.path = path;
    out.model.clear();
    out.usage = {};
    return out;
  }
  inference::RecordedJob job(const std::string& source = "one.rehearsal") const {
    inference::RecordedJob out = job_;
    out.source = source;
    return out;
  }

 private:
  static Duration ms(double value) { return Duration::from_seconds(value / 1e3); }
  inference::RecordedJob job_;
};

// What was inferred, and that the loader has nothing to say against it.
inline inference::Inferred inferred_of(const std::vector<inference::RecordedJob>& jobs,
                                       const std::string& name = "program") {
  auto out = inference::infer(jobs, name);
  REQUIRE(out);
  const std::string text = json::dump_for_people(out->scenario);
  CAPTURE(text);
  const auto file = scenarios::parse_scenario(text, "inferred", ".");
  if (!file) {
    FAIL(file.error().text());
  }
  const auto scenario = scenarios::instantiate(*file, {});
  if (!scenario) {
    FAIL(scenario.error().text());
  }
  return std::move(*out);
}

// The names of its stages, in their order.
inline std::string stages_of(const inference::Inferred& inferred) {
  std::string out;
  for (const json::Member& stage : inferred.scenario.find("stages")->members()) {
    out += (out.empty() ? "" : " ") + stage.key;
  }
  return out;
}

// What stands at "image/time/typical" of the stages, as JSON; "" where there is nothing.
inline std::string at(const inference::Inferred& inferred, std::string path) {
  const json::Value* value = inferred.scenario.find("stages");
  while (value != nullptr && !path.empty()) {
    const std::size_t end = path.find('/');
    value = value->find(path.substr(0, end));
    path = end == std::string::npos ? "" : path.substr(end + 1);
  }
  return value == nullptr ? "" : json::dump(*value);
}

inline bool says(const inference::Inferred& inferred, const std::string& words) {
  for (const std::string& note : inferred.notes) {
    if (note.find(words) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace rehearse::test
