#include <algorithm>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

Paragraph& paragraph(Document& document, std::size_t index) {
  return std::get<Paragraph>(document.blocks[index]);
}

Text verdict_of(const RunSummary& run) {
  if (!run.complete) {
    return {"INCOMPLETE", Tone::Bad};
  }
  if (!run.valid) {
    return {"INVALID", Tone::Bad};
  }
  if (run.done == 0) {
    return {"NO JOB DONE", Tone::Bad};
  }
  std::uint64_t missed = 0;
  bool enforced = false;
  for (const record::ObjectiveSummary& objective : run.objectives) {
    missed += objective.met == false ? 1u : 0u;
    enforced = enforced || (objective.met == false && objective.info.level == "fail");
  }
  return missed == 0
             ? Text{"VALID", Tone::Good}
             : Text{plural(missed, "objective") + " missed", enforced ? Tone::Bad : Tone::Warn};
}

// The stage outside groups that the answers waited for longest.
const record::StageSummary* longest(const RunSummary& run) {
  const record::StageSummary* out = nullptr;
  for (const record::StageSummary& stage : run.stages) {
    const bool leaf = stage.info.kind != record::StageRowKind::Group;
    if (leaf && stage.critical_share > (out == nullptr ? 0 : out->critical_share)) {
      out = &stage;
    }
  }
  return out;
}

std::string page_headline(const RunSummary& run) {
  if (run.done == 0) {
    return "No job was done.";
  }
  const record::Spread& response = run.response_s;
  std::string out;
  if (response.p95) {
    out = "Half of the jobs took up to " + seconds(*response.p50) + ", 95% up to " +
          seconds(*response.p95);
  } else if (response.p50) {
    out = "Half of the jobs took up to " + seconds(*response.p50);
  } else {
    out = plural(run.done, "job") + " took " + seconds(response.mean) +
          (run.done > 1 ? " on average" : "");
  }
  if (run.cost_usd.mean > 0) {
    out += "; " + usd(run.cost_usd.mean) + " a job";
  }
  if (const record::StageSummary* stage = longest(run)) {
    out += ". " + percent(stage->critical_share) + " of that time is " + stage->info.path;
  }
  return out + ".";
}

std::vector<KeyFigure> figures(const RunSummary& run) {
  const record::Spread& response = run.response_s;
  std::vector<KeyFigure> out;
  if (response.p50) {
    out.push_back({"response p50", seconds(*response.p50), "mean " + seconds(response.mean)});
    if (response.p95) {
      out.push_back({"response p95", seconds(*response.p95), "max " + seconds(response.max)});
      out.push_back({"response p99", response.p99 ? seconds(*response.p99) : "–",
                     response.p99 ? "" : quantile(response, 0.99)});
    } else {
      out.push_back({"longest response", seconds(response.max), "p95 " + quantile(response, 0.95)});
    }
  } else if (response.count > 0) {
    out.push_back({"response, mean", seconds(response.mean),
                   "p50 needs " + count(record::quantile_floor(0.5)) + " jobs"});
  }
  const bool early = run.first_result_s.total < run.response_s.total * (1 - 1e-9);
  if (early) {
    out.push_back({"first result", seconds(run.first_result_s.mean), "mean"});
  }
  if (run.cost_usd.total > 0) {
    out.push_back({"cost a job", usd(run.cost_usd.mean), usd(run.cost_usd.total) + " in total"});
  }
  const std::uint64_t lost = run.failed + run.timed_out;
  out.push_back({"jobs done", count(run.done),
                 lost > 0 ? count(lost) + " not done" : "of " + count(run.issued),
                 lost > 0 ? Tone::Bad : Tone::Plain});
  if (run.done > 1 && run.elapsed_s > 0) {
    out.push_back(
        {"throughput", per_time(run.throughput_per_s), "goodput " + per_time(run.goodput_per_s)});
  }
  return out;
}

Waterfall named(const record::JobSummary& job, const std::string& what) {
  Waterfall out = waterfall(job);
  out.title = what + ": " + out.title;
  if (job.queue_s > 0) {
    Bar wait;
    wait.label = "waiting to start";
    wait.started_s = wait.done_s = job.queue_s;
    wait.text = seconds(job.queue_s);
    out.bars.insert(out.bars.begin(), std::move(wait));
  }
  return out;
}

Section stages_section(const RunSummary& run) {
  Section out{"stages", "Where the time goes", {}};
  auto chart = stage_chart(run);
  if (chart) {
    chart->table_open = true;
    out.blocks.push_back(std::move(*chart));
  } else if (!run.stages.empty()) {
    out.blocks.push_back(stage_table(run));
  }
  if (run.detail && run.jobs.empty()) {
    if (run.detail->typical) {
      out.blocks.push_back(named(*run.detail->typical, "A typical job"));
    }
    if (run.detail->slow) {
      out.blocks.push_back(named(*run.detail->slow, "A slow job, at the p95"));
    }
  }
  for (const record::JobSummary& job : run.jobs) {
    if (!job.waterfall.empty()) {
      out.blocks.push_back(waterfall(job));
    }
  }
  return out;
}

void add_tables(const RunSummary& run, std::vector<Section>& sections) {
  if (!run.objectives.empty()) {
    sections.push_back({"objectives", "Objectives", {objective_table(run)}});
  }
  Section calls{"calls", "Calls and resources", {}};
  if (Table table = call_table(run); !table.rows.empty()) {
    calls.blocks.push_back(std::move(table));
  }
  if (!run.resources.empty()) {
    calls.blocks.push_back(resource_table(run));
  }
  if (run.tasks.size() > 1) {
    calls.blocks.push_back(task_table(run));
  }
  if (!calls.blocks.empty()) {
    sections.push_back(std::move(calls));
  }
}

}  // namespace

Paragraph without_title(Paragraph paragraph, const std::string& title) {
  if (paragraph.lines.empty() || paragraph.lines.front().size() < 2 ||
      paragraph.lines.front().front().text != title) {
    return paragraph;
  }
  Line& line = paragraph.lines.front();
  line.erase(line.begin());
  for (const std::string_view mark : {" · ", ": "}) {
    if (line.front().text.rfind(mark, 0) == 0) {
      line.front().text.erase(0, mark.size());
    }
  }
  return paragraph;
}

Page run_page(const RunSummary& run) {
  Document document = run_document(run);
  Page out;
  out.kicker = "rehearse · run";
  out.title = run.header.scenario;
  out.subtitle = without_title(std::move(paragraph(document, 0)), out.title);
  out.verdict = verdict_of(run);
  out.headline = page_headline(run);
  out.more = std::move(paragraph(document, 1));
  // Its first word is said above it already, or said better.
  if (!out.more.lines.empty() && run.valid && run.complete && run.done > 0) {
    out.more.lines.front().erase(out.more.lines.front().begin());
  }
  out.figures = figures(run);
  out.sections.push_back(stages_section(run));
  const ChartSide side{"all jobs", "main", &run};
  std::vector<ChartLimit> limits;
  for (const record::ObjectiveSummary& objective : run.objectives) {
    limits.push_back({objective.info.text, !objective.met   ? Tone::Warn
                                           : *objective.met ? Tone::Good
                                                            : Tone::Bad});
  }
  if (auto chart = distribution_chart({&side, 1}, limits)) {
    out.sections.push_back({"distribution", "Response times", {std::move(*chart)}});
  }
  if (auto chart = timeline_chart({&side, 1})) {
    out.sections.push_back({"timeline", "Over time", {std::move(*chart)}});
  }
  add_tables(run, out.sections);
  Paragraph numbers = std::move(paragraph(document, 2));
  // What the key figures have said already.
  std::erase_if(numbers.lines, [](const Line& line) {
    const std::string& label = line.front().text;
    return label.rfind("response", 0) == 0 || label.rfind("cost", 0) == 0;
  });
  out.sections.push_back(
      {"validity",
       "Environment and validity",
       {std::move(numbers), std::move(paragraph(document, document.blocks.size() - 1))}});
  return out;
}

}  // namespace rehearse::reports
