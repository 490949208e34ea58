#include "reports/writer.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/json.hpp"
#include "reports/markdown.hpp"

namespace rehearse::reports {
namespace {

constexpr std::array<std::string_view, 1> kTextEndings{".txt"};
constexpr std::array<std::string_view, 2> kMarkdownEndings{".md", ".markdown"};
constexpr std::array<std::string_view, 1> kJsonEndings{".json"};

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
    return write_markdown(run_document(run));
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

}  // namespace

std::string Writer::other(const Document& words, const json::Value&) const {
  return write_terminal(words, {});
}

Writers Writers::standard(const TerminalOptions& terminal) {
  Writers out;
  out.add(std::make_unique<TerminalWriter>(terminal));
  out.add(std::make_unique<MarkdownWriter>());
  out.add(std::make_unique<JsonWriter>());
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
  std::vector<std::string> known;
  for (const auto& writer : writers_) {
    for (const std::string_view each : writer->endings()) {
      if (ending == each) {
        return static_cast<const Writer*>(writer.get());
      }
      known.push_back(std::string(each) + " (" + std::string(writer->name()) + ")");
    }
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
