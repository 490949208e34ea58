#include <algorithm>
#include <cmath>

#include "harness/json/write.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using record::Quality;
using record::SuggestedSet;
using record::Suggestion;
using record::Suggestions;
using record::Worth;
using record::worth_of;

// A saving with its interval; what is lost is said so, what lies inside chance is dim.
Text shown(const record::Saving& saving, bool money, bool with_interval = false) {
  const auto unit = [&](double value) { return money ? usd(value) : seconds(value); };
  const double small = money ? 5e-7 : 5e-4;
  if (std::isnan(saving.value)) {
    return {"–", Tone::Dim};
  }
  if (std::abs(saving.value) < small) {
    return {"0", Tone::Dim};
  }
  std::string text = (saving.value < 0 ? "+" : "-") + unit(std::abs(saving.value));
  if (with_interval && saving.half_width >= small) {
    text += " ± " + unit(saving.half_width);
  }
  const bool sure = std::abs(saving.value) > saving.half_width;
  return {text, !sure ? Tone::Dim : saving.value > 0 ? Tone::Good : Tone::Bad};
}

// What it costs in quality, by what was seen where that can be counted.
std::string price_in_quality(const Suggestion& suggestion, const Suggestions& all) {
  std::string out = suggestion.trade_off;
  const double cut = suggestion.shares.truncated - all.shares.truncated;
  if (suggestion.kind == "token_limit" || std::abs(cut) > 0.005) {
    out = percent(suggestion.shares.truncated) + " of jobs have a cut answer (" +
          percent(all.shares.truncated) + " before)";
  }
  const double failures = suggestion.shares.not_done - all.shares.not_done;
  if (std::abs(failures) > 0.0005) {
    out += "; " + percent(suggestion.shares.not_done) + " of jobs fail (" +
           percent(all.shares.not_done) + " before)";
  }
  return out;
}

Paragraph head(const Suggestions& all) {
  Paragraph out;
  out.lines.push_back(
      {{all.scenario, Tone::Strong},
       {" · suggestions · workload " + all.workload + " · " + plural(all.tried, "change") +
        " tried on " + count(all.jobs) + " jobs each · seed " + std::to_string(all.seed)}});
  const double before = worth_of(all.before, Worth::P50);
  out.lines.push_back(
      {{"Before: p50 " + seconds(before) + ", p95 " + seconds(worth_of(all.before, Worth::P95)) +
        ", " + usd(worth_of(all.before, Worth::Cost)) + " a job"}});
  for (const SuggestedSet& set : all.sets) {
    const double after = worth_of(set.after, Worth::P50);
    out.lines.push_back(
        {{(set.same_quality ? "With the same quality: p50 " : "With less quality: p50 ") +
              seconds(after),
          Tone::Strong},
         {" (" + change(before > 0 ? after / before - 1 : 0) + "), " +
          usd(worth_of(set.after, Worth::Cost)) + " a job, by " + joined(set.names, " + ")}});
  }
  if (all.found.empty()) {
    out.lines.push_back({{"None of them helps.", Tone::Strong}});
  }
  return out;
}

}  // namespace

Table suggestion_table(const Suggestions& all, bool same_quality) {
  Table out;
  out.title = same_quality ? "What costs no quality" : "What costs quality";
  const bool early = std::any_of(all.found.begin(), all.found.end(), [](const Suggestion& each) {
    return !std::isnan(saving_of(each, Worth::FirstResult).value);
  });
  out.columns = {{"suggestion", false, 0}, {"p50", true, 0}, {"p95", true, 1}};
  if (early) {
    out.columns.push_back({"first result", true, 4});
  }
  for (Column& column : std::vector<Column>{{"cost a job", true, 2},
                                            {"what it does", false, 3},
                                            {"the price of it", false, 5},
                                            {"your variant", false, 0}}) {
    out.columns.push_back(std::move(column));
  }
  for (const Suggestion& each : all.found) {
    if ((each.quality == Quality::Same) != same_quality) {
      continue;
    }
    std::vector<Text> row{{each.name, Tone::Strong},
                          shown(saving_of(each, Worth::P50), false, true),
                          shown(saving_of(each, Worth::P95), false)};
    if (early) {
      row.push_back(shown(saving_of(each, Worth::FirstResult), false));
    }
    row.push_back(shown(saving_of(each, Worth::Cost), true));
    row.push_back({each.what});
    row.push_back({price_in_quality(each, all), Tone::Dim});
    row.push_back({each.already.empty() ? "" : "as " + each.already, Tone::Dim});
    out.rows.push_back(std::move(row));
  }
  return out;
}

Table suggested_set_table(const Suggestions& all, const SuggestedSet& set) {
  Table out;
  out.title = set.same_quality ? "Together, without a loss of quality" : "Together";
  out.columns = {{"", false, 0}, {"p50", true, 0}, {"saved", true, 0}, {"cost a job", true, 1}};
  double last = worth_of(all.before, Worth::P50);
  const double first = last;
  out.rows.push_back(
      {{"before", Tone::Dim}, {seconds(last)}, {""}, {usd(worth_of(all.before, Worth::Cost))}});
  for (std::size_t i = 0; i < set.names.size(); ++i) {
    Text step{seconds(last - set.p50_s[i])};
    step.bar = first > 0 ? std::max(0.0, (last - set.p50_s[i]) / first) : 0;
    out.rows.push_back({{"+ " + set.names[i], Tone::Strong},
                        {seconds(set.p50_s[i])},
                        step,
                        {usd(set.cost_usd[i])}});
    last = set.p50_s[i];
  }
  out.notes.push_back({{"Together they save " + seconds(set.p50_saved.value) + " ± " +
                        seconds(set.p50_saved.half_width) + " of the p50; each row adds one to " +
                        "those above it" +
                        (set.shares.truncated > 0.0005
                             ? "; " + percent(set.shares.truncated) + " of jobs have a cut answer"
                             : "")}});
  return out;
}

namespace {

// Lines of at most about `width` letters, broken where JSON may be broken.
void fold(const std::string& text, std::size_t width, Paragraph& out) {
  std::string line = "  ";
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    line += text[i];
    if (quoted && text[i] == '\\' && i + 1 < text.size()) {
      line += text[++i];
      continue;
    }
    quoted = quoted != (text[i] == '"');
    const bool may_break = !quoted && (text[i] == ',' || text[i] == '{' || text[i] == ':');
    if (may_break && line.size() > width) {
      out.lines.push_back({{line, Tone::Code}});
      line = "    ";
    }
  }
  out.lines.push_back({{line, Tone::Code}});
}

// The text of what goes together, else of the first ones.
Paragraph pasted(const Suggestions& all) {
  constexpr std::size_t kMost = 4;  // of a report for people
  Paragraph out;
  std::vector<std::string> wanted;
  if (!all.sets.empty()) {
    wanted = all.sets.front().names;
  }
  std::size_t told = 0;
  for (const Suggestion& each : all.found) {
    const bool member = std::find(wanted.begin(), wanted.end(), each.name) != wanted.end();
    if (!each.already.empty() || !(member || wanted.empty()) || told == kMost) {
      continue;
    }
    if (told++ == 0) {
      out.lines.push_back({{"To paste into \"variants\" of the scenario:", Tone::Strong}});
    }
    fold(json::quote(each.name) + ": " + json::dump(each.variant) + ",", 60, out);
  }
  if (told > 0) {
    out.lines.push_back(
        {{"The text of each is in the JSON report (--report FILE.json).", Tone::Dim}});
  }
  return out;
}

}  // namespace

Document suggestions_document(const Suggestions& all) {
  Document out;
  out.title = all.scenario + ": suggestions";
  if (all.model) {
    out.blocks = model_check_document(*all.model).blocks;
  }
  out.blocks.push_back(head(all));
  for (const bool same_quality : {true, false}) {
    Table table = suggestion_table(all, same_quality);
    if (!table.rows.empty()) {
      out.blocks.push_back(std::move(table));
    }
  }
  for (const SuggestedSet& set : all.sets) {
    out.blocks.push_back(suggested_set_table(all, set));
  }
  Paragraph texts = pasted(all);
  if (!texts.lines.empty()) {
    out.blocks.push_back(std::move(texts));
  }
  Paragraph notes;
  for (const std::string& note : all.notes) {
    notes.lines.push_back({{note, Tone::Dim}});
  }
  if (!notes.lines.empty()) {
    out.blocks.push_back(std::move(notes));
  }
  return out;
}

}  // namespace rehearse::reports
