#include "scenarios/describe.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "scenarios/describe_line.hpp"

namespace rehearse::scenarios {
namespace {

// Characters, not bytes: as many columns for the scripts that names are written in here.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string cut(std::string_view text, std::size_t width) {
  std::string safe = terminal_safe(text);
  if (columns(safe) <= width) {
    return safe;
  }
  std::size_t end = 0;
  for (std::size_t shown = 0; end < safe.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(safe[end]) & 0xC0) != 0x80;
    if (starts && ++shown == width) {
      break;
    }
  }
  return safe.substr(0, end) + "\u2026";
}

class Page {
 public:
  explicit Page(std::size_t width) : width_(std::max<std::size_t>(width, 40)) {}

  void line(std::string_view text) { out_ += cut(text, width_) + "\n"; }
  void heading(std::string_view text) { out_ += "\n" + std::string(text) + "\n"; }
  // "  name   rest", names of one section in one column.
  void row(std::string_view name, std::string_view rest, std::size_t column) {
    std::string left = "  " + cut(name, 40);
    left += std::string(column + 4 > columns(left) ? column + 4 - columns(left) : 1, ' ');
    line(rest.empty() ? left.substr(0, left.find_last_not_of(' ') + 1) : left + std::string(rest));
  }
  std::string take() { return std::move(out_); }

 private:
  std::size_t width_;
  std::string out_;
};

std::string seconds_text(const Distribution& d) {
  const auto readable = [](double s) { return readable_duration(Duration::from_seconds(s)); };
  if (d.is_constant()) {
    return readable(d.quantile(0.5));
  }
  return readable(d.quantile(0.5)) + " (" + readable(d.quantile(0.05)) + " to " +
         readable(d.quantile(0.95)) + ")";
}

std::string amount_text(const Amount& amount) {
  return amount.expression ? "computed" : seconds_text(amount.distribution);
}

std::string work_of(const Stage& stage, const Scenario& scenario) {
  switch (stage.kind) {
    case StageKind::Call: {
      const CallSpec& spec = stage.call.spec;
      std::string text = scenario.providers[spec.provider].name + "." + spec.operation;
      if (!spec.model.constant.empty() || spec.model.expression) {
        text += " " + (spec.model.expression ? "computed" : spec.model.constant);
      }
      if (!spec.size.constant.empty()) {
        text += " " + spec.size.constant;
      }
      return text + ", " + (stage.call.time ? seconds_text(*stage.call.time) : "as its profile");
    }
    case StageKind::Local:
      return "local, cpu " + amount_text(stage.local.cpu) + ", io " + amount_text(stage.local.io);
    case StageKind::Wait:
      return "wait " + amount_text(stage.wait);
    case StageKind::Group:
      return "group of " + std::to_string(stage.children.size());
  }
  return "";
}

std::string manner_of(const Stage& stage, const Scenario& scenario) {
  std::string text;
  const auto say = [&](std::string_view what) { text += "; " + std::string(what); };
  if (!stage.before.empty()) {
    std::string names;
    for (const StageIndex earlier : stage.before) {
      names += (names.empty() ? "" : ", ") + scenario.stages[earlier.value].name;
    }
    say("after " + names);
  }
  if (stage.repeat) {
    say("repeated, " + (stage.parallel == 0 ? "all" : std::to_string(stage.parallel)) + " at once");
  }
  if (stage.probability || stage.condition) {
    say("sometimes");
  }
  if (stage.skip) {
    say("skipped");
  }
  if (stage.background) {
    say("in the background");
  }
  if (stage.cache) {
    say("cached");
  }
  if (stage.retry.max_retries > 0) {
    say("up to " + std::to_string(stage.retry.max_retries) + " retries");
  }
  return text;
}

void stages_of(Page& page, const std::vector<StageIndex>& stages, const Scenario& scenario,
               const std::string& indent, std::size_t column) {
  for (const StageIndex index : stages) {
    const Stage& stage = scenario.stages[index.value];
    page.row(indent + stage.name, work_of(stage, scenario) + manner_of(stage, scenario), column);
    stages_of(page, stage.children, scenario, indent + "  ", column);
  }
}

std::size_t widest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) {
    width = std::max(width, std::min<std::size_t>(columns(name), 40));
  }
  return width;
}

// A section of name: text rows, straight from the file.
void file_section(Page& page, std::string_view heading, const json::Value* object,
                  std::string (*line_of)(const json::Value&)) {
  if (object == nullptr || !object->is_object() || object->members().empty()) {
    return;
  }
  page.heading(heading);
  std::vector<std::string> names;
  for (const json::Member& member : object->members()) {
    names.push_back(member.key);
  }
  for (const json::Member& member : object->members()) {
    page.row(member.key, line_of(member.value), widest(names));
  }
}

}  // namespace

std::string describe(const ScenarioFile& file, const Scenario& scenario, std::size_t width) {
  Page page(width);
  page.line(scenario.name);
  if (!file.note().empty()) {
    page.line(file.note());
  }
  for (const Graph& graph : scenario.graphs) {
    page.heading(scenario.graphs.size() == 1 ? "stages" : "stages of " + terminal_safe(graph.name));
    std::vector<std::string> names;
    for (const Stage& stage : scenario.stages) {
      names.push_back(std::string(2 * static_cast<std::size_t>(
                                          std::count(stage.path.begin(), stage.path.end(), '/')),
                                  ' ') +
                      stage.name);
    }
    stages_of(page, graph.top, scenario, "", widest(names));
  }
  file_section(page, "parameters", &scenario.parameters,
               [](const json::Value& value) { return json::dump(value); });
  if (!file.variants().empty()) {
    page.heading("variants");
    std::vector<std::string> names;
    for (const Variant& variant : file.variants()) {
      names.push_back(variant.name);
    }
    for (const Variant& variant : file.variants()) {
      page.row(variant.name, variant_line(variant), widest(names));
    }
  }
  file_section(page, "workloads", file.json().find("workloads"), &workload_line);
  if (!file.claims().empty()) {
    page.heading("claims");
    std::vector<std::string> names;
    for (const Claim& claim : file.claims()) {
      names.push_back(claim.id);
    }
    for (const Claim& claim : file.claims()) {
      page.row(claim.id, claim_line(claim), widest(names));
    }
  }
  if (!scenario.objectives.empty()) {
    page.heading("objectives");
    for (const Objective& objective : scenario.objectives) {
      page.row(objective.level,
               objective.text + (objective.on.empty() ? "" : " on " + objective.on), 4);
    }
  }
  return page.take();
}

}  // namespace rehearse::scenarios
