#include <algorithm>
#include <cmath>

#include "harness/json/write.hpp"
#include "harness/record/run_detail.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
using record::Spread;
using record::StageSummary;

std::string parameter_text(const json::Value& parameters) {
  std::vector<std::string> parts;
  if (parameters.is_object()) {
    for (const json::Member& member : parameters.members()) {
      parts.push_back(
          member.key + "=" +
          (member.value.is_string() ? member.value.as_string() : json::dump(member.value)));
    }
  }
  return parts.empty() ? "none" : joined(parts, ", ");
}

std::string world_text(const record::RunHeader& header) {
  std::string out = header.against + ", driven by " + header.drive;
  if (header.speed != 1) {
    out += ", speed " + number(header.speed);
  }
  return out;
}

// What the wire and the harness added to the times that mocks had planned, in real time. A sped-up
// mock shortens its answers but not the wire, which scenario time then multiplies.
std::string wire_text(const RunSummary& run) {
  const record::RunHeader& header = run.header;
  const record::Spread& added = run.wire_added_s;
  const std::string speed = number(header.speed);
  if (added.count > 0) {
    const double p50 = added.p50.value_or(added.mean);
    const double most = added.p99.value_or(added.max);
    return "over HTTP" + (header.speed == 1 ? "" : " at speed " + speed) +
           ": the wire and the harness added " + seconds(p50 / header.speed) +
           (added.p50 ? " at p50, " : " on average, ") + seconds(most / header.speed) +
           (added.p99 ? " at p99" : " at most") + " of a call" +
           (header.speed == 1 ? "" : ", in these times × " + speed);
  }
  if (header.speed == 1 || header.against.find("mock") == std::string::npos) {
    return "";
  }
  return "over HTTP at speed " + speed + ": each call includes about its time on the wire × " +
         speed + (header.drive == "app" ? ", each job the program's own time × " + speed : "");
}

Paragraph what_ran(const RunSummary& run) {
  const record::RunHeader& header = run.header;
  Paragraph out;
  const std::string variants =
      header.variants.empty() ? "base" : "variant " + joined(header.variants, " + ");
  out.lines.push_back(
      {{header.scenario, Tone::Strong},
       {" · " + variants + " · " + world_text(header) + " · seed " + std::to_string(header.seed)}});
  std::string workload = header.workload;
  if (!header.workload_text.empty()) {
    workload += " (" + header.workload_text + ")";
  }
  out.lines.push_back({{"workload " + workload}});
  if (const std::string wire = wire_text(run); !wire.empty()) {
    out.lines.push_back({{wire, Tone::Dim}});
  }
  if (!header.point.empty()) {
    out.lines.push_back({{"point " + header.point}});
  }
  return out;
}

Text validity(const RunSummary& run) {
  if (!run.complete) {
    return {"INCOMPLETE", Tone::Bad};
  }
  return run.valid ? Text{"VALID", Tone::Good} : Text{"INVALID", Tone::Bad};
}

Line job_line(const RunSummary& run) {
  Line out{validity(run), {"  " + plural(run.issued, "job") + ": " + count(run.done) + " done"}};
  const auto part = [&](std::uint64_t n, const char* what, Tone tone) {
    if (n > 0) {
      out.push_back({", "});
      out.push_back({count(n) + " " + what, tone});
    }
  };
  part(run.failed, "failed", Tone::Bad);
  part(run.timed_out, "timed out", Tone::Bad);
  part(run.cancelled, "cancelled", Tone::Warn);
  part(run.warmup, "more for warm-up", Tone::Dim);
  if (!run.stop_reason.empty()) {
    out.push_back({"; stopped: " + run.stop_reason, Tone::Warn});
  }
  return out;
}

// How many objectives are met, and which are not: those that decide come first.
Line objective_line(const RunSummary& run) {
  constexpr std::size_t kMostNamed = 3;
  std::size_t met = 0;
  std::size_t judged = 0;
  std::vector<const record::ObjectiveSummary*> missed;
  for (const record::ObjectiveSummary& objective : run.objectives) {
    judged += objective.met ? 1u : 0u;
    met += objective.met.value_or(false) ? 1u : 0u;
    if (objective.met == false) {
      missed.push_back(&objective);
    }
  }
  const std::size_t all = run.objectives.size();
  if (judged == 0) {
    return {{"objectives: none of " + std::to_string(all) + " can be judged"}};
  }
  Line out{{"objectives: "},
           {std::to_string(met) + " of " + std::to_string(judged) + " met",
            met == judged ? Tone::Good : Tone::Bad}};
  if (judged < all) {
    out.push_back({", " + std::to_string(all - judged) + " cannot be judged"});
  }
  std::stable_sort(missed.begin(), missed.end(), [](const auto* a, const auto* b) {
    return (a->info.level == "fail") > (b->info.level == "fail");
  });
  for (std::size_t i = 0; i < missed.size() && i < kMostNamed; ++i) {
    const record::ObjectiveSummary& each = *missed[i];
    const std::string found = each.value ? in_unit(*each.value, each.unit) : "–";
    out.push_back({(i == 0 ? "; missed: " : ", ") + each.info.text + " (" + found + ")"});
  }
  if (missed.size() > kMostNamed) {
    out.push_back({", " + std::to_string(missed.size() - kMostNamed) + " more"});
  }
  return out;
}

Paragraph verdict(const RunSummary& run) {
  Paragraph out;
  out.lines.push_back(job_line(run));
  for (const std::string& reason : run.invalid_reasons) {
    out.lines.push_back({{"invalid: ", Tone::Bad}, {reason}});
  }
  for (const std::string& warning : run.warnings) {
    out.lines.push_back({{"warning: ", Tone::Warn}, {warning}});
  }
  for (const StageSummary& stage : run.stages) {
    const std::string errors = error_text(stage);
    if (!errors.empty()) {
      out.lines.push_back(
          {{"errors: ", Tone::Bad},
           {stage.info.path + ": " + errors + " in " + plural(stage.calls, "call")}});
    }
  }
  if (!run.objectives.empty()) {
    out.lines.push_back(objective_line(run));
  }
  return out;
}

Line spread_line(const std::string& name, const Spread& spread) {
  Line out{{name, Tone::Dim}};
  if (spread.count == 0) {
    out.push_back({"nothing was measured"});
    return out;
  }
  if (spread.p50) {
    out.push_back({"p50 " + seconds(*spread.p50), Tone::Strong});
    out.push_back({"  p95 " + quantile(spread, 0.95) + "  p99 " + quantile(spread, 0.99)});
    out.push_back({"  mean " + seconds(spread.mean) + "  max " + seconds(spread.max)});
  } else if (spread.count == 1) {
    out.push_back({seconds(spread.mean), Tone::Strong});
  } else {
    out.push_back({"mean " + seconds(spread.mean), Tone::Strong});
    out.push_back({"  min " + seconds(spread.min) + "  max " + seconds(spread.max)});
    out.push_back({"  (p50 " + quantile(spread, 0.5) + ")", Tone::Dim});
  }
  return out;
}

// The stages that account for most, by what the answer waited for.
Line where_line(const RunSummary& run) {
  std::vector<const StageSummary*> order;
  for (const StageSummary& stage : run.stages) {
    if (stage.info.kind != record::StageRowKind::Group && stage.critical_share > 0) {
      order.push_back(&stage);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const StageSummary* a, const StageSummary* b) {
    return a->critical_share > b->critical_share;
  });
  Line out{{"from      ", Tone::Dim}};
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) {
    out.push_back({i == 0 ? "" : ", "});
    out.push_back({order[i]->info.path, i == 0 ? Tone::Strong : Tone::Plain});
    out.push_back({" " + percent(order[i]->critical_share)});
  }
  if (order.empty()) {
    out.push_back({"nothing was measured"});
  } else {
    out.push_back({" of the critical path", Tone::Dim});
  }
  return out;
}

// What the watched program itself used, beside its calls; empty where nothing was measured.
Line process_line(const RunSummary& run) {
  std::vector<std::string> parts;
  if (run.cpu_s.count > 0) {
    parts.push_back("cpu mean " + seconds(run.cpu_s.mean));
  }
  if (run.io_wait_s.count > 0) {
    parts.push_back("io wait mean " + seconds(run.io_wait_s.mean));
  }
  if (run.memory_mb.count > 0) {
    parts.push_back("peak memory " + number(run.memory_mb.max) + " MB");
  }
  return parts.empty() ? Line() : Line{{"process   ", Tone::Dim}, {joined(parts, "  ")}};
}

Paragraph headline(const RunSummary& run) {
  Paragraph out;
  out.lines.push_back(spread_line("response  ", run.response_s));
  const bool early = run.first_result_s.total < run.response_s.total * (1 - 1e-9);
  if (early) {
    out.lines.push_back(spread_line("first     ", run.first_result_s));
  }
  if (run.lost_s.count > 0) {
    out.lines.push_back(spread_line("not done  ", run.lost_s));
  }
  Line cost{{"cost      ", Tone::Dim}};
  if (run.cost_usd.total > 0) {
    cost.push_back({usd(run.cost_usd.mean) + " a job", Tone::Strong});
    cost.push_back({"  " + usd(run.cost_usd.total) + " in total"});
    if (run.monthly_cost_usd) {
      cost.push_back({"  " + usd(*run.monthly_cost_usd) + " a month"});
    }
  } else {
    cost.push_back({"nothing was billed"});
  }
  out.lines.push_back(std::move(cost));
  out.lines.push_back(where_line(run));
  if (run.header.drive == "app") {
    if (Line process = process_line(run); !process.empty()) {
      out.lines.push_back(std::move(process));
    }
  }
  if (run.queue_s.max > 0) {
    out.lines.push_back({{"waiting   ", Tone::Dim},
                         {"mean " + seconds(run.queue_s.mean) + " before a job was started"}});
  }
  if (run.done > 1 && run.elapsed_s > 0) {
    out.lines.push_back(
        {{"load      ", Tone::Dim},
         {"done " + per_time(run.throughput_per_s) + ", goodput " + per_time(run.goodput_per_s) +
          (run.max_in_flight > 0 ? ", at most " + plural(run.max_in_flight, "job") + " in flight"
                                 : "")}});
  }
  return out;
}

std::string kept_text(const RunSummary& run) {
  const std::uint64_t all = run.issued + run.warmup;
  std::string out = "counters and histograms of " + plural(all, "job");
  out += "; rows of " + count(run.kept.job_rows);
  if (run.kept.job_sample_shift > 0) {
    out += " (1 in " + count(1ULL << std::min(run.kept.job_sample_shift, 63u)) + " by hash)";
  }
  out += "; whole traces of " + count(run.kept.traces);
  if (run.kept.trace_sample_shift > 0) {
    out += " (the first " + count(run.header.keep.first_traces) + ", 1 in " +
           count(1ULL << std::min(run.kept.trace_sample_shift, 63u)) + " by hash, failed ones)";
  }
  return out;
}

std::string usage_text(const Usage& usage) {
  std::vector<std::string> parts;
  const auto part = [&](std::int64_t n, const char* what) {
    if (n != 0) {
      parts.push_back(count(static_cast<std::uint64_t>(n)) + " " + what);
    }
  };
  part(usage.input_tokens, "input tokens");
  part(usage.cached_tokens, "of them cached");
  part(usage.output_tokens, "output tokens");
  part(usage.images, "images");
  if (usage.audio_ms != 0) {
    parts.push_back(seconds(static_cast<double>(usage.audio_ms) / 1e3) + " of audio");
  }
  if (usage.video_ms != 0) {
    parts.push_back(seconds(static_cast<double>(usage.video_ms) / 1e3) + " of video");
  }
  part(usage.characters, "characters");
  part(usage.bytes, "bytes");
  return parts.empty() ? "nothing" : joined(parts, ", ");
}

// How much later than planned the mocks wrote; empty where there were none.
std::string pace_text(const record::MockPace& pace) {
  std::vector<std::string> parts;
  const auto add = [&parts](const stats::Histogram& late, std::string_view one) {
    if (!late.empty()) {
      parts.push_back(plural(late.count(), one) + " late by " +
                      seconds(late.quantile(0.5).value_or(0) * 1e-9) + " at p50, " +
                      seconds(late.quantile(0.99).value_or(0) * 1e-9) + " at p99, " +
                      seconds(static_cast<double>(late.max()) * 1e-9) + " at most");
    }
  };
  add(pace.chunks, "chunk");
  add(pace.answers, "answer");
  return joined(parts, "; ");
}

Paragraph small_print(const RunSummary& run) {
  const record::RunHeader& header = run.header;
  const record::Environment& environment = header.environment;
  Paragraph out;
  const auto line = [&](const char* name, const std::string& text) {
    if (!text.empty()) {
      out.lines.push_back({{name, Tone::Dim}, {text, Tone::Dim}});
    }
  };
  line("parameters   ", parameter_text(header.parameters));
  line("used         ", usage_text(run.usage));
  line("time         ",
       seconds(run.elapsed_s) + " of scenario time" +
           (run.complete ? " in " + seconds(run.wall_s) + "; harness late by at most " +
                               seconds(run.max_schedule_lag_s)
                         : ""));
  line("mock pace    ", pace_text(run.mock_pace));
  if (run.late_background > 0) {
    line("background   ", "work outlived the answer of " + plural(run.late_background, "job"));
  }
  line("kept         ", kept_text(run));
  line("scenario     ", header.scenario_hash + (header.note.empty() ? "" : ": " + header.note));
  line("environment  ",
       joined({environment.machine, environment.cpu, plural(environment.cores, "core"),
               environment.os, environment.kernel, environment.compiler},
              ", "));
  line("rehearse     ", environment.version + " " + environment.commit + ", run " + header.id);
  return out;
}

}  // namespace

Document run_document(const RunSummary& run, bool typical_job) {
  Document out;
  out.title = run.header.scenario;
  out.blocks.push_back(what_ran(run));
  out.blocks.push_back(verdict(run));
  out.blocks.push_back(headline(run));
  if (!run.stages.empty()) {
    out.blocks.push_back(stage_table(run));
  }
  if (typical_job && run.detail && run.detail->typical && run.jobs.empty()) {
    out.blocks.push_back(waterfall(*run.detail->typical));
    Waterfall& bars = std::get<Waterfall>(out.blocks.back());
    bars.title = "A typical job: " + bars.title;
  }
  if (Table calls = call_table(run); !calls.rows.empty()) {
    out.blocks.push_back(std::move(calls));
  }
  if (Table wire = wire_table(run); !wire.rows.empty()) {
    out.blocks.push_back(std::move(wire));
  }
  for (const record::JobSummary& job : run.jobs) {
    if (!job.waterfall.empty()) {
      out.blocks.push_back(waterfall(job));
    }
  }
  if (!run.objectives.empty()) {
    out.blocks.push_back(objective_table(run));
  }
  if (run.tasks.size() > 1) {
    out.blocks.push_back(task_table(run));
  }
  if (!run.resources.empty()) {
    out.blocks.push_back(resource_table(run));
  }
  out.blocks.push_back(small_print(run));
  return out;
}

}  // namespace rehearse::reports
