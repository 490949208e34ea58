#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

void Language::add_workloads() {
  Table& task = table("task", "One kind of job of a mix.");
  task.fields = {{"weight", number(0, 1e12), "Its share among the weights.", "1"},
                 {"stages", stages_, "Its own graph.", "the scenario's"},
                 {"order", order_, "Of its stages.", "the scenario's", false, {"stages"}}};
  const Shape* const rate = quantity(Unit::Rate);
  Table& phase = table("phase", "A stretch of an open loop.");
  phase.fields = {{"rate", one_of({rate, array(rate, 2, 2)}),
                   "Jobs that arrive; two rates: moves evenly from one to the other.", "", true},
                  {"for", duration_, "How long.", "", true}};
  Table& gamma = table("gamma_arrivals", "Gamma-distributed gaps.");
  gamma.fields = {
      {"gamma", number(1e-3, 100), "Standard deviation of a gap over its mean.", "", true}};

  Table& sizes = table("trace_sizes", "Which columns say how large a stage's calls are.");
  for (const std::string_view key : {"input_tokens", "output_tokens", "max_tokens", "cached_tokens",
                                     "characters", "bytes", "n", "repeat"}) {
    sizes.fields.push_back({key, text_, "A column."});
  }
  const Shape* const target = one_of({text_, object(sizes)});
  Table& replay = table("replay", "Recorded load: when jobs came, and how large they were.");
  replay.fields = {
      {"file", text_, "Its path, from the scenario's folder.", "", true},
      {"format",
       words(
           {"azure", "burstgpt", "mooncake", "bailian", "sharegpt", "otlp", "csv", "jsonl", "run"}),
       "What it is.", "by what it begins with"},
      {"at", text_, "Of csv and jsonl: the column of times."},
      {"unit", words({"s", "ms", "us", "ns"}), "Of numbers in it.", "s", false, {"at"}},
      {"rate_scale", number(1e-6, 1e6), "So many times as many jobs in the same time.", "1"},
      {"time_scale", number(1e-9, 1e9), "So many times as long between jobs.", "1"},
      {"from", duration_, "Rows from this long after the first.", "0"},
      {"to", duration_, "Rows before this long after the first.", "all"},
      {"arrivals", rate, "Poisson arrivals in place of the file's times."},
      {"map", add({.form = Form::Map, .high = 1'000, .of = target, .free_keys = true}),
       "Which columns set which inputs, and which amounts of which stages.",
       "the sizes of the only chat stage"}};

  Table& workload = table("workload", "Load: a batch, a closed loop, an open loop or a trace.");
  workload.fields = {
      {"concurrency", integer(1, 1e6), "Of a batch: jobs at once.", "1"},
      {"users", integer(1, 1e6), "Of a closed loop."},
      {"think", time_, "Between a user's jobs.", "0", false, {"users"}},
      {"rate", rate, "Of an open loop: jobs that arrive."},
      {"phases", array(object(phase), 1, 10'000), "Of an open loop: rates one after another."},
      {"arrivals",
       one_of({words({"poisson", "constant"}), object(gamma)}),
       "How arrivals are spaced.",
       "poisson",
       false,
       {"rate", "phases"}},
      {"trace", one_of({text_, array(duration_, 1, 1'000'000), object(replay)}),
       "Intended starts: durations since the start, a file of them, or recorded load."},
      {"column", text_, "Which column of the file.", "the only one", false, {"trace"}},
      {"jobs", integer(1, 1e15), "Ends the workload.", "1 for a batch without `for`"},
      {"for", duration_, "No arrivals after it."},
      {"process", words({"per_job", "shared"}), "What an in-process cache survives.", "shared"},
      {"patience", time_, "After this a user leaves.", "none"},
      {"tasks", map(object(task), 1), "A weighted mix of graphs.", "the scenario's graph"},
      {"holds", uses_, "Resources kept for the whole job.", "none"},
      {"warmup_jobs", integer(0, 1e12), "Run first, recorded apart.", "0"}};
  workload.choices = {
      {"kind of workload", {{"concurrency"}, {"users"}, {"rate"}, {"phases"}, {"trace"}}, false}};
  workloads_ = map(object(workload), 1);
}

}  // namespace rehearse::scenarios
