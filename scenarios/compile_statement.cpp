#include <algorithm>

#include "harness/base/text.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/expression_node.hpp"

namespace rehearse::scenarios {

void Compiler::compile_statements() {
  const auto check_text = [&](const Node& node, const std::string& text) {
    if (const auto trouble = objective_trouble(text)) {
      sink_.add(node, *trouble);
    }
  };
  const Node objectives = root_["objectives"];
  for (std::size_t i = 0; objectives && objectives->is_array() && i < objectives->items().size();
       ++i) {
    const Node node = objectives.item(i);
    Objective objective;
    objective.text = reader_.text(node->is_object() ? node["text"] : node);
    objective.level = reader_.text(node["level"], "fail");
    objective.on = reader_.text(node["on"]);
    objective.origin = reader_.origin(node);
    check_text(node, objective.text);
    const std::vector<std::string> workloads = keys_of(root_["workloads"]);
    if (!objective.on.empty() &&
        std::find(workloads.begin(), workloads.end(), objective.on) == workloads.end()) {
      sink_.add(node["on"], "unknown workload " + quoted_excerpt(objective.on) +
                                suggestion(objective.on, workloads));
    }
    scenario_.objectives.push_back(std::move(objective));
  }
  const auto texts = [&](std::string_view key, std::vector<std::string>& into) {
    into = reader_.texts(root_[key]);
    for (std::size_t i = 0; i < into.size(); ++i) {
      // A limit of each job needs no statistic: of one job every statistic is the same.
      const std::string of_one = "max of " + into[i];
      if (key == "good_job" && objective_trouble(into[i]) && !objective_trouble(of_one)) {
        into[i] = of_one;
      }
      check_text(root_[key].item(i), into[i]);
    }
  };
  texts("gate", scenario_.gate);
  texts("good_job", scenario_.good_job);
  if (root_["volume"]) {
    constexpr double kMonth = 365.25 / 12 * 86'400;
    scenario_.jobs_per_month = reader_.quantity(root_["volume"], Unit::Rate, 0) * kMonth;
  }
  scenario_.value_per_job = reader_.money(root_["value_per_job"]);
}

void Compiler::compile_app() {
  const Node node = root_["app"];
  if (!node || !node->is_object()) {
    return;
  }
  for (const std::string_view key : {"command", "cwd", "env", "url", "method", "body"}) {
    if (node[key]) {
      check_runtime_texts(node[key]);
    }
  }
  // Everything but `timeout` is filled in for each job: the texts stay as they are.
  const auto plain = [](const Node& text, std::string_view fallback = "") {
    return text && text->is_string() ? text->as_string() : std::string(fallback);
  };
  App app;
  const Node command = node["command"];
  for (std::size_t i = 0; command && command->is_array() && i < command->items().size(); ++i) {
    app.command.push_back(plain(command.item(i)));
  }
  app.cwd = plain(node["cwd"], ".");
  for (const std::string& name : keys_of(node["env"])) {
    app.environment[name] = plain(node["env"][name]);
  }
  app.url = plain(node["url"]);
  app.method = plain(node["method"], "POST");
  if (node["body"]) {
    app.body = *node["body"];
  }
  app.timeout = reader_.duration(node["timeout"]);
  scenario_.app = std::move(app);
}

// Texts that are filled in for each job: their names must be known by then.
void Compiler::check_runtime_texts(const Node& node) {
  if (node->is_array()) {
    for (std::size_t i = 0; i < node->items().size(); ++i) {
      check_runtime_texts(node.item(i));
    }
  } else if (node->is_object()) {
    for (const std::string& key : keys_of(node)) {
      check_runtime_texts(node[key]);
    }
  }
  if (!node->is_string() || !has_expression(node->as_string())) {
    return;
  }
  const auto names = names_in(node->as_string());
  if (!names) {
    sink_.add(node, names.error().what);
    return;
  }
  const Environment& known = merged_.environment;
  for (const std::string& name : *names) {
    if (is_runtime_name(name) || known.parameters.find(name) != nullptr ||
        std::find(known.inputs.begin(), known.inputs.end(), name) != known.inputs.end()) {
      continue;
    }
    std::vector<std::string> all = known.inputs;
    const auto parameters = keys_of({&known.parameters, ""});
    all.insert(all.end(), parameters.begin(), parameters.end());
    all.insert(all.end(), {"job", "seed", "job_dir"});
    sink_.add(node,
              "unknown name " + quoted_excerpt(name) + " in an expression" + suggestion(name, all));
  }
}

}  // namespace rehearse::scenarios
