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
#include "harness/record/comparison.hpp"
#include "harness/record/summary.hpp"
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
  // Any other report: its words for people, the same as data for scripts. A format without a page
  // of its own for it shows the words as plain text.
  virtual std::string other(const Document& words, const json::Value& data) const;
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
