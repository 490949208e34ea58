#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "scenarios/column.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/expression_node.hpp"
#include "scenarios/trace_play.hpp"

// The workload `trace`: instants that are written out, one column of a file, or recorded load.
namespace rehearse::scenarios {
namespace {

constexpr std::array<std::string_view, 8> kSizes{
    "input_tokens", "output_tokens", "max_tokens", "cached_tokens",
    "characters",   "bytes",         "n",          "repeat"};

double unit_ns(const std::string& unit) {
  return unit == "ms" ? 1e6 : unit == "us" ? 1e3 : unit == "ns" ? 1 : 1e9;
}

// The amount of a stage that such a column sets.
Amount* amount_of(Stage& stage, std::string_view key) {
  CallSpec& spec = stage.call.spec;
  const auto in = [](std::optional<Amount>& amount) { return &amount.emplace(); };
  return key == "input_tokens"    ? &spec.input_tokens
         : key == "output_tokens" ? in(spec.output_tokens)
         : key == "max_tokens"    ? in(spec.max_tokens)
         : key == "cached_tokens" ? &spec.cached_tokens
         : key == "characters"    ? &spec.characters
         : key == "bytes"         ? in(spec.bytes)
         : key == "n"             ? &spec.n
                                  : in(stage.repeat);
}

}  // namespace

void Compiler::compile_trace(Workload& workload, const Node& node) {
  workload.kind = LoadKind::Trace;
  const Node trace = node["trace"];
  if (trace->is_object()) {
    compile_replay(workload, trace);
  } else if (trace->is_array()) {
    for (std::size_t i = 0; i < trace->items().size(); ++i) {
      const Duration start = reader_.duration(trace.item(i)).value_or(Duration());
      workload.trace.push_back(Instant::from_ns(start.count_ns()));
    }
  } else {
    const auto cells = read_column(folder_, reader_.text(trace), reader_.text(node["column"]));
    if (!cells) {
      sink_.add(trace, cells.error().what);
      return;
    }
    for (const InputValue& cell : *cells) {
      const auto seconds = numeric(cell);
      if (!seconds || !(*seconds >= 0) || *seconds > kLongestDuration.count_s()) {
        sink_.add(trace, "expected seconds since the start, found " +
                             quoted_excerpt(text_of(cell)) + " in row " +
                             std::to_string(workload.trace.size() + 1));
        return;
      }
      workload.trace.push_back(Instant::from_seconds(*seconds));
    }
  }
  std::sort(workload.trace.begin(), workload.trace.end());
}

void Compiler::compile_replay(Workload& workload, const Node& trace) {
  auto play = std::make_shared<TracePlay>();
  load::TraceSpec& spec = play->spec;
  spec.label = reader_.text(trace["file"]);
  spec.path = folder_ / std::filesystem::path(spec.label);
  spec.at = reader_.text(trace["at"]);
  spec.unit_ns = unit_ns(reader_.text(trace["unit"]));
  spec.rate_scale = reader_.number(trace["rate_scale"], 1);
  spec.time_scale = reader_.number(trace["time_scale"], 1);
  spec.from = reader_.duration(trace["from"]).value_or(Duration());
  spec.to = reader_.duration(trace["to"]);
  if (trace["arrivals"]) {
    spec.arrivals_per_s = reader_.quantity(trace["arrivals"], Unit::Rate, 0);
  }
  if (spec.label.find('\0') != std::string::npos) {
    sink_.add(trace["file"], "expected a path");
    return;
  }
  const auto detected = load::detect_trace(spec.path, spec.label);
  if (!detected) {
    sink_.add(trace["file"], "cannot replay " + detected.error().text());
    return;
  }
  const auto said = load::trace_format_named(reader_.text(trace["format"]));
  spec.format = said.value_or(*detected);
  if ((spec.arrivals_per_s && !(*spec.arrivals_per_s > 0)) ||
      (!spec.arrivals_per_s && !load::has_times(spec.format))) {
    sink_.add(trace, "a " + std::string(load::trace_format_name(spec.format)) +
                         " file has no times: say by \"arrivals\" how its rows come, such as "
                         "\"2/s\"");
    return;
  }
  if (spec.to && *spec.to <= spec.from) {
    sink_.add(trace["to"], "expected an end after the start (\"from\")");
    return;
  }
  if (!choose_targets(*play, trace)) {
    return;
  }
  const auto scan = scans_ == nullptr ? TraceScans().scan(spec) : scans_->scan(spec);
  if (!scan) {
    sink_.add(trace["file"], "cannot replay " + scan.error().text());
    return;
  }
  play->scan = *scan;
  workload.replay = std::move(play);
}

// What the columns set: as `map` says; without one the sizes are those of the only chat stage.
bool Compiler::choose_targets(TracePlay& play, const Node& trace) {
  const auto add = [&](std::string column, TraceTarget target) {
    play.spec.columns.push_back(std::move(column));
    play.targets.push_back(std::move(target));
  };
  const Node map = trace["map"];
  if (!map) {
    std::vector<std::string> chats;
    for (const Stage& stage : scenario_.stages) {
      if (stage.kind == StageKind::Call && stage.call.spec.operation == "chat" && !stage.skip) {
        chats.push_back(stage.path);
      }
    }
    const bool sizes = play.spec.format != load::TraceFormat::Csv &&
                       play.spec.format != load::TraceFormat::JsonLines;
    if (sizes && chats.size() > 1) {
      sink_.add(trace, "several stages could take the sizes of the trace (" + chats[0] + ", " +
                           chats[1] + (chats.size() > 2 ? ", …" : "") +
                           "): say by \"map\" which does, or {} for its arrivals alone");
      return false;
    }
    if (sizes && chats.size() == 1) {
      add("input_tokens", {"", chats.front(), "input_tokens"});
      add("output_tokens", {"", chats.front(), "output_tokens"});
    }
    return true;
  }
  for (const std::string& name : keys_of(map)) {
    const Node to = map[name];
    if (to->is_string()) {
      add(reader_.text(to), {name, "", ""});
    } else {
      for (const std::string& key : keys_of(to)) {
        add(reader_.text(to[key]), {"", name, key});
      }
    }
  }
  return check_targets(play, map);
}

bool Compiler::check_targets(const TracePlay& play, const Node& map) {
  bool sound = true;
  std::vector<std::string> stages;
  for (const Stage& stage : scenario_.stages) {
    stages.push_back(stage.path);
  }
  std::vector<std::string> inputs;
  for (const Input& input : scenario_.inputs) {
    inputs.push_back(input.name);
  }
  for (const TraceTarget& target : play.targets) {
    const bool input = target.stage.empty();
    const std::string& name = input ? target.input : target.stage;
    const std::vector<std::string>& known = input ? inputs : stages;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      sink_.add(map[name], (input ? "unknown input " : "unknown stage ") + quoted_excerpt(name) +
                               suggestion(name, known));
      sound = false;
    } else if (!input && std::find(kSizes.begin(), kSizes.end(), target.key) == kSizes.end()) {
      sink_.add(map[name], "a trace cannot set " + quoted_excerpt(target.key) + " of a stage");
      sound = false;
    }
  }
  return sound;
}

// Inputs that the trace's columns are, and the amounts that follow them.
void Compiler::apply_trace() {
  const std::shared_ptr<const TracePlay> play = scenario_.workload.replay;
  if (!play) {
    return;
  }
  for (std::uint32_t column = 0; column < play->targets.size(); ++column) {
    const TraceTarget& target = play->targets[column];
    std::string name = target.input;
    if (name.empty()) {
      name = "trace_" + std::to_string(column + 1);
      scenario_.inputs.push_back({name, {}, {}, false, column});
    } else {
      const auto input = std::find_if(scenario_.inputs.begin(), scenario_.inputs.end(),
                                      [&](const Input& each) { return each.name == name; });
      input->column = column;
      continue;
    }
    std::vector<std::string> names;
    for (const Input& input : scenario_.inputs) {
      names.push_back(input.name);
    }
    Stage& stage = *std::find_if(scenario_.stages.begin(), scenario_.stages.end(),
                                 [&](const Stage& each) { return each.path == target.stage; });
    const auto value = Expression::compile("${" + name + "}", names);
    if (value) {
      // A measured `time` is that of the call as the base describes it: larger ones take longer.
      if (stage.kind == StageKind::Call && stage.call.time && !stage.call.base) {
        stage.call.base = std::make_shared<const CallSpec>(stage.call.spec);
      }
      amount_of(stage, target.key)->expression = *value;
    }
  }
}

}  // namespace rehearse::scenarios
