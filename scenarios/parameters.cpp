#include <charconv>

#include "harness/base/text.hpp"
#include "scenarios/loader.hpp"

namespace rehearse::scenarios {
namespace {

struct Word {
  std::string_view name;
  std::string_view key;                  // of a workload
  std::vector<std::string_view> beside;  // the workload has one of these, else it is refused
  std::string_view kind;
};

const std::vector<Word>& words() {
  static const std::vector<Word> kWords{{"concurrency", "concurrency", {}, "a batch"},
                                        {"users", "users", {"users"}, "a closed loop"},
                                        {"rate", "rate", {"rate"}, "an open loop with one rate"},
                                        {"jobs", "jobs", {}, ""},
                                        {"duration", "for", {}, ""},
                                        {"warmup", "warmup_jobs", {}, ""}};
  return kWords;
}

// A value given as text for a parameter of another type, and the other way round.
std::optional<json::Value> fitted(const json::Value& given, const json::Value& known) {
  if (known.is_string()) {
    return given.is_string()   ? given
           : given.is_number() ? json::Value(number_text(given.as_double()))
           : given.is_bool()   ? json::Value(given.as_bool() ? "true" : "false")
                               : std::optional<json::Value>();
  }
  if (known.is_number()) {
    if (given.is_number()) {
      return given;
    }
    double number = 0;
    if (given.is_string()) {
      const std::string& text = given.as_string();
      const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
      if (read.ec == std::errc() && read.ptr == text.data() + text.size()) {
        return number;
      }
    }
    return std::nullopt;
  }
  if (given.is_string() && (given.as_string() == "true" || given.as_string() == "false")) {
    return json::Value(given.as_string() == "true");
  }
  return given.is_bool() ? std::optional(given) : std::nullopt;
}

void apply_word(json::Value& file, const Word& word, const json::Value& value,
                const std::string& workload, Errors& errors) {
  if (file.find("workloads") == nullptr) {
    json::Value single = json::Value::object();
    single.set("jobs", 1);
    json::Value workloads = json::Value::object();
    workloads.set("single", std::move(single));
    file.set("workloads", std::move(workloads));
  }
  json::Value* const target = file.find("workloads")->find(workload);
  if (target == nullptr || !target->is_object()) {
    return;  // an unknown workload is reported elsewhere
  }
  bool fits = word.beside.empty();
  for (const std::string_view key : word.beside) {
    fits = fits || target->find(key) != nullptr;
  }
  if (word.name == "concurrency") {
    for (const std::string_view key : {"users", "rate", "phases", "trace"}) {
      fits = fits && target->find(key) == nullptr;
    }
  }
  if (!fits) {
    errors.push_back({"", "the workload \"" + workload + "\" is not " + std::string(word.kind) +
                              ": it has no " + std::string(word.name)});
    return;
  }
  // A bare number is jobs a second, or seconds.
  json::Value set = value;
  if (value.is_number() && word.name == "rate") {
    set = number_text(value.as_double()) + "/s";
  } else if (value.is_number() && word.name == "duration") {
    set = number_text(value.as_double()) + "s";
  }
  target->set(word.key, std::move(set));
}

}  // namespace

void apply_parameters(Merged& merged, const Selection& selection, const std::string& workload,
                      Errors& errors) {
  json::Value& parameters = merged.environment.parameters;
  for (const auto& [name, value] : selection.parameters) {
    if (json::Value* const known = parameters.find(name)) {
      const auto value_of_type = fitted(value, *known);
      if (value_of_type) {
        *known = *value_of_type;
      } else {
        errors.push_back(
            {"/parameters/" + name, "expected " +
                                        std::string(known->is_string()   ? "a text"
                                                    : known->is_number() ? "a number"
                                                                         : "true or false") +
                                        " as in the scenario, found " + found(value)});
      }
      continue;
    }
    std::vector<std::string> names;
    for (const json::Member& member : parameters.members()) {
      names.push_back(member.key);
    }
    bool is_word = false;
    for (const Word& word : words()) {
      names.emplace_back(word.name);
      if (word.name == name) {
        apply_word(merged.json, word, value, workload, errors);
        is_word = true;
      }
    }
    if (!is_word) {
      errors.push_back({"", "unknown parameter " + quoted_excerpt(name) + suggestion(name, names)});
    }
  }
}

}  // namespace rehearse::scenarios
