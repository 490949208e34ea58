#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/record/audit.hpp"
#include "harness/record/capacity.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/history.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"
#include "reports/document.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {

// One format of reports.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual std::string_view name() const = 0;                      // "markdown"
  virtual std::span<const std::string_view> endings() const = 0;  // ".md", …
  virtual std::string run(const record::RunSummary& run) const = 0;
  virtual std::string comparison(const record::Comparison& comparison) const = 0;
  // At least one point.
  virtual std::string sweep(std::span<const record::RunSummary> points) const = 0;
  virtual std::string audit(const record::Audit& audit) const;
  virtual std::string what_if(const record::WhatIf& study) const;
  virtual std::string suggestions(const record::Suggestions& all) const;
  virtual std::string plan(const record::CapacityPlan& plan) const;
  // A study that is withheld: its model is too far from the recording.
  virtual std::string model_check(const record::ModelCheck& check) const;
  // `passes`: the policy lets what is inconclusive pass.
  virtual std::string gate(const record::GateReport& gate, bool passes) const;
  virtual std::string noise(const record::NoiseReport& noise) const;
  virtual std::string history(const record::History& history) const;
  // Any other report: its words for people, the same as data for scripts.
  virtual std::string other(const Document& words, const json::Value& data) const = 0;
  // Whether the format has a place for what is no run: studies of many runs (audit, what_if, plan,
  // …, other). Where it has none, those are empty texts; gate, noise and history show their runs.
  virtual bool holds_studies() const { return true; }
  // Whether the format shows more where summaries carry their detail (run_detail.hpp).
  virtual bool wants_detail() const { return false; }
};

// The formats there are.
class Writers {
 public:
  // terminal (.txt), markdown (.md, .markdown), json (.json), html (.html, .htm), and the
  // formats of formats.hpp.
  static Writers standard(const TerminalOptions& terminal);

  void add(std::unique_ptr<Writer> writer) { writers_.push_back(std::move(writer)); }
  // The one of that name (--format) or of that file's ending (--report); errors list what there is,
  // and leave it to the caller to name the flag.
  Result<const Writer*> by_name(std::string_view name) const;
  Result<const Writer*> by_file(const std::filesystem::path& file) const;
  std::vector<std::string> names() const;

 private:
  std::vector<std::unique_ptr<Writer>> writers_;
};

}  // namespace rehearse::reports
