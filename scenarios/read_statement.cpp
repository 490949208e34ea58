#include <algorithm>
#include <cmath>
#include <set>

#include "harness/base/text.hpp"
#include "harness/record/objective.hpp"
#include "scenarios/compile.hpp"

// Variants, claims and sweeps: what is said about a scenario, read from the file as it stands.
namespace rehearse::scenarios {
namespace {

struct Kind {
  std::string_view key;
  ClaimKind kind;
};
constexpr Kind kKinds[] = {{"is", ClaimKind::Is},       {"saves", ClaimKind::Saves},
                           {"adds", ClaimKind::Adds},   {"times", ClaimKind::Times},
                           {"share", ClaimKind::Share}, {"sums_to", ClaimKind::SumsTo},
                           {"meets", ClaimKind::Meets}};

void read_figures(Claim& claim, const Node& node, const Reader& reader) {
  const auto figure = [](const Node& at) {
    const auto read = read_claim_figure(*at);
    return read ? *read : ClaimFigure{};
  };
  const bool range = node->is_array() && node->items().size() == 2;
  const ClaimFigure low = figure(range ? node.item(0) : node);
  const ClaimFigure high = figure(range ? node.item(1) : node);
  if (low.unit != high.unit) {
    reader.sink().add(node, "expected one unit at both ends, found " + found(node->items()[0]) +
                                " and " + found(node->items()[1]));
    return;
  }
  claim.unit = low.unit;
  claim.low = low.value * (low.about ? 0.9 : 1);
  claim.high = high.value * (high.about ? 1.1 : 1);
  if (claim.low > claim.high) {
    reader.sink().add(node, "expected the lower end first");
  }
}

Claim read_claim(const Node& node, const Reader& reader) {
  const auto text = [&](std::string_view key, std::string_view fallback = "") {
    const Node at = node[key];
    return at && at->is_string() ? at->as_string() : std::string(fallback);
  };
  Claim claim;
  claim.id = text("id");
  claim.source = text("source");
  claim.note = text("note");
  claim.metric = text("metric", "response");
  claim.of = text("of");
  claim.on = text("on");
  claim.base = reader.texts(node["base"]);
  claim.with = reader.texts(node["with"]);
  claim.parts = reader.texts(node["parts"]);
  const std::string jobs = text("jobs");
  claim.jobs = jobs == "first"  ? ClaimJobs::First
               : jobs == "warm" ? ClaimJobs::Warm
                                : ClaimJobs::All;
  claim.raw = *node;
  for (const Kind& kind : kKinds) {
    if (node[kind.key]) {
      claim.kind = kind.kind;
      read_figures(claim, node[kind.key], reader);
    }
  }
  return claim;
}

// Names of one list that are not known.
void unknown_names(const Node& list, const std::vector<std::string>& known, std::string_view what,
                   const Reader& reader) {
  for (std::size_t i = 0; list && list->is_array() && i < list->items().size(); ++i) {
    const std::string name = reader.text(list.item(i));
    if (name != "base" && std::find(known.begin(), known.end(), name) == known.end()) {
      reader.sink().add(list.item(i), "unknown " + std::string(what) + " " + quoted_excerpt(name) +
                                          suggestion(name, known));
    }
  }
}

// The paths of all stages below `owner` (the file, a task or a group, or a variant's change).
void collect_paths(const Node& owner, const std::string& prefix, std::vector<std::string>& paths) {
  for (const std::string& name : keys_of(owner["stages"])) {
    paths.push_back(prefix + name);
    collect_paths(owner["stages"][name], prefix + name + "/", paths);
  }
}

void collect_task_paths(const Node& file, std::vector<std::string>& paths) {
  for (const std::string& workload : keys_of(file["workloads"])) {
    const Node tasks = file["workloads"][workload]["tasks"];
    for (const std::string& task : keys_of(tasks)) {
      collect_paths(tasks[task], task + ":", paths);
    }
  }
}

// Every stage that the file or one of its variants has.
std::vector<std::string> stage_paths(const Node& file) {
  std::vector<std::string> paths;
  collect_paths(file, "", paths);
  collect_task_paths(file, paths);
  for (const std::string& variant : keys_of(file["variants"])) {
    const Node change = file["variants"][variant]["change"];
    collect_paths(change, "", paths);
    collect_task_paths(change, paths);
  }
  return paths;
}

// What the file and its variants have of a section, by name: resources, and tasks of workloads.
std::vector<std::string> names_of_section(const Node& file, std::string_view section) {
  std::vector<std::string> names = keys_of(file[section]);
  for (const std::string& variant : keys_of(file["variants"])) {
    const std::vector<std::string> more = keys_of(file["variants"][variant]["change"][section]);
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

std::vector<std::string> task_names(const Node& file) {
  std::vector<std::string> names;
  const auto collect = [&](const Node& owner) {
    for (const std::string& workload : keys_of(owner["workloads"])) {
      const std::vector<std::string> more = keys_of(owner["workloads"][workload]["tasks"]);
      names.insert(names.end(), more.begin(), more.end());
    }
  };
  collect(file);
  for (const std::string& variant : keys_of(file["variants"])) {
    collect(file["variants"][variant]["change"]);
  }
  if (names.empty()) {
    names.emplace_back("main");
  }
  return names;
}

// Whether somebody has the name that is spoken of: "stage" and "image".
void check_owner(const Node& at, std::string_view kind, const std::string& name, const Node& file,
                 const std::vector<std::string>& paths, const Reader& reader) {
  const std::vector<std::string> known = kind == "stage"  ? paths
                                         : kind == "task" ? task_names(file)
                                                          : names_of_section(file, "resources");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    reader.sink().add(
        at, "unknown " + std::string(kind) + " " + quoted_excerpt(name) + suggestion(name, known));
  }
}

// The names in the text of an objective or gate; what does not parse has been told elsewhere.
void check_objective_names(const Node& node, const Node& file,
                           const std::vector<std::string>& paths, const Reader& reader) {
  const std::string text = reader.text(node->is_object() ? node["text"] : node);
  auto read = record::parse_objective(text);
  if (!read) {
    read = record::parse_objective("max of " + text);  // a limit of each job needs no statistic
  }
  if (!read || read->scope == record::Scope::Run) {
    return;
  }
  const std::string_view kind = read->scope == record::Scope::Stage  ? "stage"
                                : read->scope == record::Scope::Task ? "task"
                                                                     : "resource";
  check_owner(node, kind, read->name, file, paths, reader);
}

void check_claim(const Node& node, const Claim& claim, const Node& file,
                 const std::vector<std::string>& variants, const std::vector<std::string>& paths,
                 const Reader& reader) {
  unknown_names(node["base"], variants, "variant", reader);
  unknown_names(node["with"], variants, "variant", reader);
  const std::vector<std::string> workloads = keys_of(file["workloads"]);
  if (!claim.on.empty() &&
      std::find(workloads.begin(), workloads.end(), claim.on) == workloads.end()) {
    reader.sink().add(node["on"], "unknown workload " + quoted_excerpt(claim.on) +
                                      suggestion(claim.on, workloads));
  }
  if (const auto metric = record::parse_subject(claim.metric); !metric) {
    reader.sink().add(node["metric"] ? node["metric"] : node, metric.error().text());
  }
  if (claim.of.empty()) {
    return;
  }
  for (const std::string_view kind : {"stage", "task", "resource"}) {
    if (claim.of.starts_with(std::string(kind) + " ")) {
      check_owner(node["of"], kind, claim.of.substr(kind.size() + 1), file, paths, reader);
      return;
    }
  }
  reader.sink().add(node["of"],
                    "expected \"stage NAME\", \"task NAME\" or \"resource NAME\", found " +
                        quoted_excerpt(claim.of));
}

}  // namespace

std::vector<Variant> read_variants(const Node& file, const Reader& reader) {
  std::vector<Variant> variants;
  for (const std::string& name : keys_of(file["variants"])) {
    const Node node = file["variants"][name];
    const auto text = [&](std::string_view key) {
      return node[key] && node[key]->is_string() ? node[key]->as_string() : std::string();
    };
    Variant variant;
    variant.name = name;
    variant.group = text("group");
    variant.purpose = text("purpose") == "condition" ? Purpose::Condition : Purpose::Optimisation;
    variant.of = reader.texts(node["of"]);
    if (node["change"]) {
      variant.change = *node["change"];
    }
    variant.monthly = reader.money(node["costs"]["monthly"]);
    variant.once = reader.money(node["costs"]["once"]);
    variant.trade_off = text("trade_off");
    variant.origin = reader.origin(node);
    variants.push_back(std::move(variant));
  }
  return variants;
}

std::vector<Claim> read_claims(const Node& file, const Reader& reader) {
  std::vector<Claim> claims;
  const Node list = file["claims"];
  for (std::size_t i = 0; list && list->is_array() && i < list->items().size(); ++i) {
    claims.push_back(read_claim(list.item(i), reader));
  }
  return claims;
}

void check_statements(const Node& file, const Statements& statements, const Reader& reader) {
  std::vector<std::string> names;
  for (const Variant& variant : statements.variants) {
    names.push_back(variant.name);
    if (variant.name == "base") {
      reader.sink().add(file["variants"][variant.name],
                        "\"base\" stands for no variant: this one needs another name");
    }
  }
  for (const Variant& variant : statements.variants) {
    unknown_names(file["variants"][variant.name]["of"], names, "variant", reader);
  }
  std::set<std::string> ids;
  for (const Claim& claim : statements.claims) {
    ids.insert(claim.id);
  }
  const std::vector<std::string> paths = stage_paths(file);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < statements.claims.size(); ++i) {
    const Node node = file["claims"].item(i);
    const Claim& claim = statements.claims[i];
    check_claim(node, claim, file, names, paths, reader);
    if (!claim.id.empty() && !seen.insert(claim.id).second) {
      reader.sink().add(node["id"], "two claims have the id " + quoted_excerpt(claim.id));
    }
    for (std::size_t part = 0; part < claim.parts.size(); ++part) {
      if (claim.parts[part].starts_with("stage ")) {
        check_owner(node["parts"].item(part), "stage",
                    claim.parts[part].substr(std::string_view("stage ").size()), file, paths,
                    reader);
        continue;
      }
      if (!ids.contains(claim.parts[part])) {
        reader.sink().add(node["parts"].item(part),
                          "expected \"stage NAME\" or the id of a claim, found " +
                              quoted_excerpt(claim.parts[part]) +
                              suggestion(claim.parts[part], {ids.begin(), ids.end()}));
      }
    }
  }
  for (const std::string_view key : {"objectives", "gate", "good_job"}) {
    const Node list = file[key];
    for (std::size_t i = 0; list && list->is_array() && i < list->items().size(); ++i) {
      check_objective_names(list.item(i), file, paths, reader);
    }
  }
  check_sweep(file, statements.sweep, names, reader);
}

std::optional<std::string> objective_trouble(std::string_view text) {
  const auto read = record::parse_objective(text);
  return read ? std::nullopt : std::optional(read.error().text());
}

}  // namespace rehearse::scenarios
