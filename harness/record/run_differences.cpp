#include "harness/record/run_differences.hpp"

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"

namespace rehearse::record {
namespace {

constexpr std::size_t kLongestValue = 60;

std::string shown(const json::Value* value) {
  if (value == nullptr) {
    return "absent";
  }
  const std::string text = value->is_string() ? value->as_string() : json::dump_canonical(*value);
  return text.empty() || text.size() > kLongestValue ? quoted_excerpt(text, kLongestValue) : text;
}

}  // namespace

std::vector<std::string> run_differences(const RunHeader& before, const RunHeader& after) {
  std::vector<std::string> out;
  const auto text = [&](std::string_view what, const std::string& x, const std::string& y) {
    if (x != y) {
      out.push_back(std::string(what) + " differs: " + quoted_excerpt(x, 60) + " before, " +
                    quoted_excerpt(y, 60) + " after");
    }
  };
  text("the scenario", before.scenario, after.scenario);
  text("what answers the calls", before.against, after.against);
  text("what runs the pipeline", before.drive, after.drive);
  text("the workload", before.workload, after.workload);
  text("the seed", std::to_string(before.seed), std::to_string(after.seed));
  text("the speed", number_text(before.speed), number_text(after.speed));
  const Environment& x = before.environment;
  const Environment& y = after.environment;
  text("the machine", x.machine, y.machine);
  text("the CPU", x.cpu, y.cpu);
  text("the number of cores", std::to_string(x.cores), std::to_string(y.cores));
  text("the kernel", x.kernel, y.kernel);
  text("the system", x.os, y.os);
  text("the compiler", x.compiler, y.compiler);
  text("the version of rehearse", x.version, y.version);
  text("the commit of rehearse", x.commit, y.commit);
  return out;
}

std::string parameter_differences(const json::Value& before, const json::Value& after) {
  std::string out;
  const auto add = [&](const std::string& name, const json::Value* x, const json::Value* y) {
    out += (out.empty() ? "" : ", ") + name + " " + shown(x) + " → " + shown(y);
  };
  if (before.is_object()) {
    for (const json::Member& member : before.members()) {
      const json::Value* other = after.is_object() ? after.find(member.key) : nullptr;
      if (other == nullptr || json::dump_canonical(member.value) != json::dump_canonical(*other)) {
        add(member.key, &member.value, other);
      }
    }
  }
  if (after.is_object()) {
    for (const json::Member& member : after.members()) {
      if (!before.is_object() || before.find(member.key) == nullptr) {
        add(member.key, nullptr, &member.value);
      }
    }
  }
  return out;
}

}  // namespace rehearse::record
