#include "scenarios/describe_line.hpp"

#include <string_view>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"

namespace rehearse::scenarios {
namespace {

// Parts of a line, with something between them.
class Parts {
 public:
  explicit Parts(std::string_view between) : between_(between) {}
  void add(const std::string& part) {
    if (!part.empty()) {
      text_ += (text_.empty() ? "" : between_) + part;
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string between_;
  std::string text_;
};

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  Parts parts(between);
  for (const std::string& name : names) {
    parts.add(name);
  }
  return parts.take();
}

std::string value_text(const json::Value& value);

std::string range_text(const json::Value& ends) {
  const std::vector<json::Value>& items = ends.items();
  return items.size() == 2 ? value_text(items[0]) + "–" + value_text(items[1]) : json::dump(ends);
}

// A figure as the file has it; forms that no line can hold stay JSON.
std::string value_text(const json::Value& value) {
  if (value.is_string()) {
    return value.as_string();
  }
  if (value.is_array()) {
    return range_text(value);
  }
  if (value.is_object()) {
    for (const std::string_view range : {"uniform", "between"}) {
      const json::Value* ends = value.find(range);
      if (ends != nullptr && ends->is_array()) {
        return range_text(*ends);
      }
    }
    if (const json::Value* typical = value.find("typical")) {
      return "about " + value_text(*typical);
    }
    if (const json::Value* inner = value.find("value")) {
      return value_text(*inner);
    }
  }
  return json::dump(value);
}

const json::Value* find(const json::Value& object, std::string_view key) {
  const json::Value* found = object.find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

// "jobs 5" with before = "jobs ", "5 jobs" with after = " jobs"; nothing where the key is absent.
std::string part(const json::Value& object, std::string_view key, const std::string& before,
                 const std::string& after = "") {
  const json::Value* value = find(object, key);
  return value == nullptr ? "" : before + value_text(*value) + after;
}

std::string phases_text(const json::Value& workload) {
  const json::Value* phases = find(workload, "phases");
  if (phases == nullptr || !phases->is_array()) {
    return "";
  }
  Parts parts(", then ");
  for (const json::Value& phase : phases->items()) {
    parts.add(part(phase, "rate", "") + part(phase, "for", " for "));
  }
  return parts.take() + " arriving";
}

std::string trace_text(const json::Value& workload) {
  const json::Value* trace = find(workload, "trace");
  if (trace == nullptr) {
    return "";
  }
  if (trace->is_object()) {
    return "the trace" + part(*trace, "file", " ") + part(*trace, "rate_scale", ", rate x ") +
           part(*trace, "time_scale", ", time x ");
  }
  return trace->is_array() ? "a trace of " + std::to_string(trace->items().size()) + " jobs"
                           : "the trace " + value_text(*trace);
}

std::string tasks_text(const json::Value& workload) {
  const json::Value* tasks = find(workload, "tasks");
  if (tasks == nullptr || !tasks->is_object()) {
    return "";
  }
  Parts parts(" + ");
  for (const json::Member& task : tasks->members()) {
    parts.add(part(task.value, "weight", "", " ") + task.key);
  }
  return "tasks " + parts.take();
}

// What a patch touches: the stages, parameters, … that it names.
std::string changes_text(const json::Value& change) {
  Parts parts(", ");
  if (change.is_object()) {
    for (const json::Member& section : change.members()) {
      if (!section.value.is_object()) {
        parts.add(section.key);
        continue;
      }
      for (const json::Member& item : section.value.members()) {
        parts.add(item.key);
      }
    }
  }
  const std::string text = parts.take();
  return text.empty() ? "" : "changes " + text;
}

std::string_view kind_key(ClaimKind kind) {
  switch (kind) {
    case ClaimKind::Is:
      return "is";
    case ClaimKind::Saves:
      return "saves";
    case ClaimKind::Adds:
      return "adds";
    case ClaimKind::Times:
      return "times";
    case ClaimKind::Share:
      return "share";
    case ClaimKind::SumsTo:
      return "sums_to";
    case ClaimKind::Meets:
      return "meets";
  }
  return "";
}

// The words that people read in the place of the keys.
std::string_view kind_words(ClaimKind kind) {
  return kind == ClaimKind::Times    ? "speeds up"
         : kind == ClaimKind::Share  ? "has a share of"
         : kind == ClaimKind::SumsTo ? "sums to"
                                     : kind_key(kind);
}

}  // namespace

std::string variant_line(const Variant& variant) {
  Parts parts("; ");
  parts.add(variant.of.empty() ? "" : "= " + joined(variant.of, " + "));
  parts.add(variant.group.empty() ? "" : "one of " + variant.group);
  if (variant.once != Money() || variant.monthly != Money()) {
    parts.add("costs " + readable_money(variant.once) + " once, " +
              readable_money(variant.monthly) + " a month");
  }
  parts.add(variant.purpose == Purpose::Condition ? "a condition, no optimisation" : "");
  parts.add(variant.trade_off.empty() ? "" : "trade-off: " + variant.trade_off);
  parts.add(changes_text(variant.change));
  parts.add(variant.origin.note);
  return parts.take();
}

std::string workload_line(const json::Value& workload) {
  Parts parts(", ");
  parts.add(part(workload, "users", "", " users"));
  parts.add(part(workload, "think", "think "));
  parts.add(part(workload, "rate", "", " arriving"));
  parts.add(phases_text(workload));
  parts.add(trace_text(workload));
  const json::Value* jobs = find(workload, "jobs");
  const bool one = jobs != nullptr && jobs->is_number() && jobs->as_double() == 1;
  parts.add(part(workload, "jobs", "", one ? " job" : " jobs"));
  parts.add(part(workload, "concurrency", "", " at a time"));
  parts.add(part(workload, "for", "for "));
  parts.add(part(workload, "warmup_jobs", "", " of warm-up"));
  parts.add(part(workload, "patience", "patience "));
  const json::Value* process = find(workload, "process");
  parts.add(process != nullptr && value_text(*process) == "per_job" ? "a process per job" : "");
  parts.add(tasks_text(workload));
  const std::string line = parts.take();
  return (line.empty() ? "1 job" : line) + part(workload, "source", "; ");
}

std::string claim_line(const Claim& claim, bool with_source) {
  const json::Value* figures = find(claim.raw, kind_key(claim.kind));
  std::string line = claim.metric + (claim.of.empty() ? "" : " of " + claim.of) + ": " +
                     std::string(kind_words(claim.kind)) +
                     (figures == nullptr ? "" : " " + value_text(*figures));
  line += claim.kind == ClaimKind::Times ? " times" : "";
  Parts parts(", ");
  parts.add(line);
  parts.add(claim.with.empty() ? "" : "with " + joined(claim.with, " + "));
  parts.add(claim.base.empty() ? "" : "against " + joined(claim.base, " + "));
  parts.add(claim.on.empty() ? "" : "on " + claim.on);
  parts.add(claim.jobs == ClaimJobs::First  ? "first job"
            : claim.jobs == ClaimJobs::Warm ? "jobs after the first"
                                            : "");
  parts.add(claim.parts.empty() ? "" : "from " + joined(claim.parts, " + "));
  return parts.take() + (claim.source.empty() || !with_source ? "" : "; " + claim.source);
}

}  // namespace rehearse::scenarios
