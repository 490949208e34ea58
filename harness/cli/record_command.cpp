#include <filesystem>

#include "harness/base/text.hpp"
#include "harness/cli/child_program.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/output_file.hpp"
#include "harness/cli/provider_variables.hpp"
#include "harness/cli/recording_run.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/world.hpp"
#include "harness/proxy/recording_proxy.hpp"
#include "harness/proxy/recording_writer.hpp"
#include "harness/runtime/task_group.hpp"

namespace rehearse::cli {
namespace {

using namespace literals;

// A provider, where its calls go, and the variables by which programs are told.
struct Route {
  std::string name;
  net::Url url;
  std::vector<std::string> variables;
};

Result<Route> make_route(std::string name, const std::string& url,
                         std::vector<std::string> variables) {
  // OLLAMA_HOST is often just "host:port".
  const bool has_scheme = url.find("://") != std::string::npos;
  Result<net::Url> parsed = net::parse_url(has_scheme ? url : "http://" + url);
  if (!parsed) {
    return Error{"upstream of " + quoted_excerpt(name), parsed.error().what};
  }
  return Route{std::move(name), std::move(parsed).value(), std::move(variables)};
}

// --upstream NAME=URL, where the program's own variables point, or the provider's public address.
Result<std::vector<Route>> read_routes(const Arguments& arguments) {
  std::vector<Route> routes;
  Errors errors;
  const auto add = [&](Result<Route> route) {
    if (route) {
      routes.push_back(std::move(route).value());
    } else {
      errors.insert(errors.end(), route.errors().begin(), route.errors().end());
    }
  };
  std::vector<std::string> named;
  for (const std::string& text : arguments.list("upstream")) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      errors.push_back({"--upstream",
                        "expected NAME=URL such as openai=https://api.openai.com/v1, "
                        "found " +
                            quoted_excerpt(text)});
      continue;
    }
    const std::string name = text.substr(0, equals);
    named.push_back(name);
    std::vector<std::string> variables;
    for (const ProviderVariables& known : provider_variables()) {
      if (known.name == name) {
        variables.assign(known.variables.begin(), known.variables.end());
      }
    }
    if (variables.empty()) {
      variables.push_back(variable_name(name, "_BASE_URL"));
    }
    add(make_route(name, text.substr(equals + 1), std::move(variables)));
  }
  for (const ProviderVariables& known : provider_variables()) {
    const bool given = std::find(named.begin(), named.end(), known.name) != named.end();
    if (given || (arguments.has("serve") && !named.empty())) {
      continue;
    }
    std::string url(known.url);
    for (const std::string_view variable : known.variables) {
      const char* value = std::getenv(std::string(variable).c_str());
      if (value != nullptr && *value != '\0') {
        url = value;
        break;
      }
    }
    add(make_route(std::string(known.name), url, {known.variables.begin(), known.variables.end()}));
  }
  return errors.empty() ? Result(std::move(routes)) : Result<std::vector<Route>>(errors);
}

// What the sink tells, kept short for the run that is written at the end.
class Memory final : public proxy::CallSink {
 public:
  explicit Memory(proxy::CallSink& next) : next_(next) {}
  void call_seen(record::RecordedCall call) override {
    if (call.id <= kMostSpans) {
      record::RecordedCall slim = call;
      slim.request_body.clear();
      slim.response_body.clear();
      slim.headers.clear();
      calls_[call.id] = std::move(slim);
    }
    next_.call_seen(std::move(call));
  }
  std::vector<record::RecordedCall> calls() const {
    std::vector<record::RecordedCall> out;
    for (const auto& [id, call] : calls_) {
      out.push_back(call);
    }
    return out;
  }

 private:
  static constexpr std::uint64_t kMostSpans = 20'000;
  proxy::CallSink& next_;
  std::map<std::uint64_t, record::RecordedCall> calls_;
};

// Waits for the program's end (or for Ctrl-C, where there is none), then stops the proxy.
runtime::Task<void> watch(runtime::Runtime& runtime, ChildProgram* child, int& code,
                          runtime::StopSource& stop) {
  Instant asked = Instant::never();
  while (!stop.stop_requested()) {
    co_await runtime.sleep(10_ms);
    const std::optional<int> ended = child == nullptr ? std::nullopt : child->ended();
    if (ended || (child == nullptr && interrupted())) {
      code = ended.value_or(kPass);
      stop.request_stop();
    } else if (interrupted() && asked == Instant::never()) {
      asked = runtime.now() + 2_s;  // from a terminal it had the same signal: let it end by itself
    } else if (runtime.now() >= asked) {
      child->ask_to_end();
      asked = Instant::never() - 1_ns;
    }
  }
}

runtime::Task<void> run_both(proxy::RecordingProxy& proxy, net::AsioRuntime& runtime,
                             ChildProgram* child, int& code) {
  runtime::StopSource stop;
  runtime::TaskGroup group(runtime);
  group.spawn(proxy.serve(stop.token()));
  group.spawn(watch(runtime, child, code, stop));
  co_await group.join();
}

// The variables that lead a program to the proxy.
target::Variables variables_of(const std::vector<Route>& routes,
                               const proxy::RecordingProxy& proxy) {
  target::Variables out;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    for (const std::string& variable : routes[i].variables) {
      out.emplace_back(variable, proxy.url(i) + routes[i].url.path);
    }
  }
  // Where a web proxy is set, calls to us must not take it.
  for (const char* name : {"NO_PROXY", "no_proxy"}) {
    const char* old = std::getenv(name);
    out.emplace_back(name, (old == nullptr || *old == '\0' ? "" : std::string(old) + ",") +
                               "127.0.0.1,localhost");
  }
  return out;
}

Result<proxy::ProxyOptions> read_proxy_options(const Arguments& arguments,
                                               const std::vector<Route>& routes) {
  const auto port = arguments.count("port", 0, 65535);
  if (!port) {
    return port.errors();
  }
  if (port->value_or(0) != 0 && routes.size() != 1) {
    return Error{"--port", "is for one provider: expected --serve with one --upstream, found " +
                               std::to_string(routes.size()) + " providers"};
  }
  proxy::ProxyOptions options;
  options.bodies = arguments.has("bodies");
  options.connect.allow_remote = true;
  options.connect.extra_ca_file = arguments.text("ca-file").value_or("");
  for (const Route& route : routes) {
    options.upstreams.push_back(
        {route.name, route.url, static_cast<std::uint16_t>(port->value_or(0))});
  }
  return options;
}

std::string base_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? "command" : name;
}

Status announce(const Arguments& arguments, const Console& console,
                const target::Variables& variables) {
  std::string lines;
  for (const auto& [name, value] : variables) {
    if (name != "NO_PROXY" && name != "no_proxy") {
      lines += name + "=" + value + "\n";
    }
  }
  if (arguments.has("serve")) {
    console.out(lines);
    flush_out();
    console.say("recording; Ctrl-C ends it");
  }
  const auto ready = arguments.text("ready-file");
  return ready ? write_file(*ready, lines) : Status(Done{});
}

// Records until the end; the program's exit code.
Result<int> record_calls(const Arguments& arguments, const Console& console,
                         const std::vector<Route>& routes, record::RunWriter& file) {
  auto options = read_proxy_options(arguments, routes);
  if (!options) {
    return options.errors();
  }
  net::AsioRuntime runtime;
  proxy::RecordingWriter writer(file);
  Memory memory(writer);
  const auto proxy = proxy::RecordingProxy::open(runtime, std::move(*options), memory);
  if (!proxy) {
    return proxy.errors();
  }
  const target::Variables variables = variables_of(routes, **proxy);
  const Status announced = announce(arguments, console, variables);
  if (!announced) {
    return announced.errors();
  }
  RecordedProgram program{"served", wall_clock(), Duration::zero(), true};
  std::optional<ChildProgram> child;
  if (!arguments.has("serve")) {
    program.name = base_name(arguments.positional().front());
    Result<ChildProgram> started = ChildProgram::start(arguments.positional(), variables);
    if (!started) {
      return started.errors();
    }
    child.emplace(std::move(started).value());
  }
  int code = kPass;
  runtime.run(run_both(**proxy, runtime, child ? &*child : nullptr, code));
  program.took = runtime.now() - Instant();
  program.succeeded = code == 0;
  writer.finish();
  const Status run = write_recorded_run(file, program, memory.calls());
  if (!run) {
    return run.errors();
  }
  console.say(std::to_string((*proxy)->calls()) + " calls recorded in " + file.path().string());
  return code;
}

int record_program(const Arguments& arguments, const Console& console) {
  const bool serve = arguments.has("serve");
  if (serve != arguments.positional().empty()) {
    console.fail(Error{"", serve ? "--serve takes no command"
                                 : "expected a command to record, as in 'rehearse record -- node "
                                   "app.js', or --serve"});
    return kUsage;
  }
  const auto routes = read_routes(arguments);
  if (!routes) {
    return console.refuse(routes.errors());
  }
  auto file =
      create_run_file(arguments, serve ? "recording" : base_name(arguments.positional().front()));
  if (!file) {
    return console.refuse(file.errors());
  }
  const Result<int> code = record_calls(arguments, console, *routes, **file);
  const Status closed = (*file)->close();
  if (!code) {
    console.fail(code.errors());
    std::error_code ignored;
    std::filesystem::remove((*file)->path(), ignored);
    return kUsage;
  }
  if (!closed) {
    console.fail(closed.errors());
    return kInternalError;
  }
  return *code;
}

}  // namespace

Command record_command() {
  using Kind = Flag::Kind;
  return {
      {.verb = "record",
       .positional = "-- COMMAND…",
       .summary = "Runs a program through recording proxies of its providers.",
       .flags = {{"out", "FILE", "the recording; default: a dated one under runs/", Kind::Text},
                 {"bodies", "", "keeps prompts and answers too", Kind::Switch},
                 {"upstream", "NAME=URL",
                  "where a provider's calls go; NAME_BASE_URL leads the program to it", Kind::List},
                 {"serve", "",
                  "no command: prints the variables to set and records until "
                  "Ctrl-C",
                  Kind::Switch},
                 {"port", "N", "of --serve with one --upstream; 0 (default) picks a free one",
                  Kind::Text},
                 {"ready-file", "FILE", "gets the variables once calls can come", Kind::Text},
                 {"ca-file", "FILE", "PEM of certificate authorities to trust as well", Kind::Text},
                 {"quiet", "", "prints nothing of its own", Kind::Switch}},
       .least = 0,
       .most = 10'000,
       .example = "rehearse record --out week.rehearsal -- node app.js"},
      &record_program};
}

}  // namespace rehearse::cli
