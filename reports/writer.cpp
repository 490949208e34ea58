#include "reports/writer.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/formats.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/markdown.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

constexpr std::array<std::string_view, 1> kTextEndings{".txt"};
constexpr std::array<std::string_view, 2> kMarkdownEndings{".md", ".markdown"};
constexpr std::array<std::string_view, 1> kJsonEndings{".json"};
constexpr std::array<std::string_view, 2> kHtmlEndings{".html", ".htm"};

class TerminalWriter final : public Writer {
 public:
  explicit TerminalWriter(const TerminalOptions& options) : options_(options) {}
  std::string_view name() const override { return "terminal"; }
  std::span<const std::string_view> endings() const override { return kTextEndings; }
  std::string run(const record::RunSummary& run) const override {
    return write_terminal(run_document(run), options_);
  }
  std::string comparison(const record::Comparison& comparison) const override {
    return write_terminal(comparison_document(comparison), options_);
  }
  std::string sweep(std::span<const record::RunSummary> points) const override {
    return write_terminal(sweep_document(points), options_);
  }
  std::string other(const Document& words, const json::Value&) const override {
    return write_terminal(words, options_);
  }

 private:
  TerminalOptions options_;
};

class MarkdownWriter final : public Writer {
 public:
  std::string_view name() const override { return "markdown"; }
  std::span<const std::string_view> endings() const override { return kMarkdownEndings; }
  std::string run(const record::RunSummary& run) const override {
    return write_markdown(run_document(run, true));
  }
  std::string comparison(const record::Comparison& comparison) const override {
    return write_markdown(comparison_document(comparison));
  }
  std::string sweep(std::span<const record::RunSummary> points) const override {
    return write_markdown(sweep_document(points));
  }
  std::string other(const Document& words, const json::Value&) const override {
    return write_markdown(words);
  }
  bool wants_detail() const override { return true; }
};

class JsonWriter final : public Writer {
 public:
  std::string_view name() const override { return "json"; }
  std::span<const std::string_view> endings() const override { return kJsonEndings; }
  std::string run(const record::RunSummary& run) const override {
    return json::dump(run_json(run), 2) + "\n";
  }
  std::string comparison(const record::Comparison& comparison) const override {
    return json::dump(comparison_json(comparison), 2) + "\n";
  }
  std::string sweep(std::span<const record::RunSummary> points) const override {
    return json::dump(sweep_json(points), 2) + "\n";
  }
  std::string other(const Document&, const json::Value& data) const override {
    return json::dump(data, 2) + "\n";
  }
};

class HtmlWriter final : public Writer {
 public:
  std::string_view name() const override { return "html"; }
  std::span<const std::string_view> endings() const override { return kHtmlEndings; }
  std::string run(const record::RunSummary& run) const override {
    return write_html(run_page(run), built_in_assets());
  }
  std::string comparison(const record::Comparison& comparison) const override {
    return write_html(comparison_page(comparison), built_in_assets());
  }
  std::string sweep(std::span<const record::RunSummary> points) const override {
    return write_html(sweep_page(points), built_in_assets());
  }
  std::string audit(const record::Audit& audit) const override {
    return write_html(audit_page(audit), built_in_assets());
  }
  std::string what_if(const record::WhatIf& study) const override {
    return write_html(what_if_page(study), built_in_assets());
  }
  std::string suggestions(const record::Suggestions& all) const override {
    return write_html(suggestions_page(all), built_in_assets());
  }
  std::string plan(const record::CapacityPlan& plan) const override {
    return write_html(plan_page(plan), built_in_assets());
  }
  std::string model_check(const record::ModelCheck& check) const override {
    return write_html(model_check_page(check), built_in_assets());
  }
  std::string gate(const record::GateReport& gate, bool passes) const override {
    return write_html(gate_page(gate, passes), built_in_assets());
  }
  std::string noise(const record::NoiseReport& noise) const override {
    return write_html(noise_page(noise), built_in_assets());
  }
  std::string history(const record::History& history) const override {
    return write_html(history_page(history), built_in_assets());
  }
  std::string other(const Document& words, const json::Value&) const override {
    return write_html(document_page(words), built_in_assets());
  }
  bool wants_detail() const override { return true; }
};

// A format that other programs read: functions of formats.hpp.
struct Format {
  std::string_view name;
  std::span<const std::string_view> endings;
  std::string (*run)(const record::RunSummary&);
  std::string (*comparison)(const record::Comparison&);
  std::string (*sweep)(std::span<const record::RunSummary>);
  // Of what is no run: absent where the format has no place for it.
  std::string (*document)(const Document&) = nullptr;
  std::string (*gate)(const record::GateReport&) = nullptr;
  std::string (*audit)(const record::Audit&) = nullptr;
  bool wants_detail = false;
};

class FormatWriter final : public Writer {
 public:
  explicit FormatWriter(const Format& format) : format_(format) {}
  std::string_view name() const override { return format_.name; }
  std::span<const std::string_view> endings() const override { return format_.endings; }
  std::string run(const record::RunSummary& run) const override { return format_.run(run); }
  std::string comparison(const record::Comparison& comparison) const override {
    return format_.comparison(comparison);
  }
  std::string sweep(std::span<const record::RunSummary> points) const override {
    return format_.sweep(points);
  }
  std::string gate(const record::GateReport& gate, bool passes) const override {
    return format_.gate != nullptr       ? format_.gate(gate)
           : format_.document != nullptr ? Writer::gate(gate, passes)
                                         : format_.run(gate.candidate);
  }
  std::string audit(const record::Audit& audit) const override {
    return format_.audit != nullptr ? format_.audit(audit) : Writer::audit(audit);
  }
  std::string noise(const record::NoiseReport& noise) const override {
    return format_.document != nullptr ? Writer::noise(noise) : format_.run(noise.runs);
  }
  std::string history(const record::History& history) const override {
    return format_.document != nullptr ? Writer::history(history) : runs_of(history);
  }
  std::string other(const Document& words, const json::Value&) const override {
    return format_.document != nullptr ? format_.document(words) : std::string();
  }
  bool holds_studies() const override { return format_.document != nullptr; }
  bool wants_detail() const override { return format_.wants_detail; }

 private:
  // Its runs as points that bear the names of the entries.
  std::string runs_of(const record::History& history) const {
    std::vector<record::RunSummary> points;
    for (std::size_t i = 0; i < history.entries.size(); ++i) {
      points.push_back(history.entries[i].summary);
      points.back().header.point = entry_name(history.entries[i], i);
    }
    return points.empty() ? format_.run({}) : format_.sweep(points);
  }

  Format format_;
};

constexpr std::array<std::string_view, 1> kCsvEndings{".csv"};
constexpr std::array<std::string_view, 2> kJunitEndings{".xml", ".junit"};
constexpr std::array<std::string_view, 2> kMetricsEndings{".prom", ".openmetrics"};
constexpr std::array<std::string_view, 1> kK6Endings{".k6.json"};
constexpr std::array<std::string_view, 1> kBenchmarkEndings{".benchmark.json"};
constexpr std::array<std::string_view, 1> kBmfEndings{".bmf.json"};
constexpr std::array<std::string_view, 1> kHdrEndings{".hlog"};
constexpr std::array<std::string_view, 1> kAnnotationEndings{".annotations"};

constexpr Format kFormats[] = {
    {"csv", kCsvEndings, &csv_run, &csv_comparison, &csv_sweep, &csv_document},
    {"junit", kJunitEndings, &junit_run, &junit_comparison, &junit_sweep, &junit_document,
     &junit_gate, &junit_audit},
    {"openmetrics", kMetricsEndings, &openmetrics_run, &openmetrics_comparison, &openmetrics_sweep},
    {"k6", kK6Endings, &k6_run, &k6_comparison, &k6_sweep},
    {"google-benchmark", kBenchmarkEndings, &google_benchmark_run, &google_benchmark_comparison,
     &google_benchmark_sweep},
    {"bmf", kBmfEndings, &bmf_run, &bmf_comparison, &bmf_sweep},
    {.name = "hdr",
     .endings = kHdrEndings,
     .run = &hdr_run,
     .comparison = &hdr_comparison,
     .sweep = &hdr_sweep,
     .wants_detail = true},
    {"annotations", kAnnotationEndings, &annotations_run, &annotations_comparison,
     &annotations_sweep, &annotations_document, &annotations_gate, &annotations_audit},
};

}  // namespace

std::string Writer::audit(const record::Audit& audit) const {
  return other(audit_document(audit), audit_json(audit));
}

std::string Writer::what_if(const record::WhatIf& study) const {
  return other(what_if_document(study), what_if_json(study));
}

std::string Writer::suggestions(const record::Suggestions& all) const {
  return other(suggestions_document(all), suggestions_json(all));
}

std::string Writer::plan(const record::CapacityPlan& plan) const {
  return other(plan_document(plan), plan_json(plan));
}

std::string Writer::model_check(const record::ModelCheck& check) const {
  json::Value data = json::Value::object();
  data.set("model", model_check_json(check));
  return other(model_check_document(check), data);
}

std::string Writer::gate(const record::GateReport& gate, bool passes) const {
  return other(gate_document(gate, passes), gate_json(gate));
}

std::string Writer::noise(const record::NoiseReport& noise) const {
  return other(noise_document(noise), noise_json(noise));
}

std::string Writer::history(const record::History& history) const {
  return other(history_document(history), history_json(history));
}

Writers Writers::standard(const TerminalOptions& terminal) {
  Writers out;
  out.add(std::make_unique<TerminalWriter>(terminal));
  out.add(std::make_unique<MarkdownWriter>());
  out.add(std::make_unique<JsonWriter>());
  out.add(std::make_unique<HtmlWriter>());
  for (const Format& format : kFormats) {
    out.add(std::make_unique<FormatWriter>(format));
  }
  return out;
}

Result<const Writer*> Writers::by_name(std::string_view name) const {
  for (const auto& writer : writers_) {
    if (writer->name() == name) {
      return static_cast<const Writer*>(writer.get());
    }
  }
  const std::string near = nearest_name(name, names());
  return Error{"", "unknown format " + quoted_excerpt(name) + ", there are " +
                       joined(names(), ", ") +
                       (near.empty() ? "" : "; did you mean " + near + "?")};
}

Result<const Writer*> Writers::by_file(const std::filesystem::path& file) const {
  const std::string ending = file.extension().string();
  const std::string name = file.filename().string();
  std::vector<std::string> known;
  const Writer* found = nullptr;
  std::size_t longest = 0;
  for (const auto& writer : writers_) {
    for (const std::string_view each : writer->endings()) {
      // "x.bmf.json" is more than "x.json".
      if (name.ends_with(each) && each.size() > longest) {
        longest = each.size();
        found = writer.get();
      }
      known.push_back(std::string(each) + " (" + std::string(writer->name()) + ")");
    }
  }
  if (found != nullptr) {
    return found;
  }
  return Error{terminal_safe(file.string()),
               (ending.empty() ? std::string("the file has no ending")
                               : "no format has the ending " + quoted_excerpt(ending)) +
                   ", known are " + joined(known, ", ")};
}

std::vector<std::string> Writers::names() const {
  std::vector<std::string> out;
  for (const auto& writer : writers_) {
    out.emplace_back(writer->name());
  }
  return out;
}

}  // namespace rehearse::reports
