#include "reports/html_blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/figures.hpp"
#include "reports/html.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kMostTableRows = 500;
constexpr std::size_t kMostBars = 200;
constexpr double kLane = 1000;  // units of a waterfall's width

std::string decimal(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.1f", std::isfinite(value) ? value : 0.0);
  return out.data();
}

std::string class_of(bool right, Tone tone, std::string_view more = "") {
  std::string out = right ? "r" : "";
  for (const std::string_view each : {tone_class(tone), more}) {
    if (!each.empty()) {
      out += (out.empty() ? "" : " ") + std::string(each);
    }
  }
  return out.empty() ? "" : " class=\"" + out + "\"";
}

std::string share_bar(double share) {
  const double width = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * 100;
  return "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
         "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\"/><rect width=\"" +
         decimal(width) + "\" height=\"10\"/></svg>";
}

// Two spaces a level stand before the names of inner stages.
std::string depth_class(std::string_view text) {
  const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t depth = std::min<std::size_t>(spaces / 2, 3);
  return depth == 0 ? "" : "d" + std::to_string(depth);
}

std::string table_row(const Table& table, const std::vector<Text>& row) {
  std::string out = "<tr>";
  for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
    const Text& cell = row[i];
    const std::string text = html_safe(cell.text);
    if (i == 0) {
      out += "<th scope=\"row\"" + class_of(false, cell.tone, depth_class(cell.text)) + ">" + text +
             "</th>";
    } else {
      out += "<td" + class_of(table.columns[i].right, cell.tone) + ">" +
             (cell.bar ? share_bar(*cell.bar) : "") + text + "</td>";
    }
  }
  return out + "</tr>\n";
}

std::string rect(const char* kind, double from, double to, double length, double top,
                 double height) {
  const double scale = length > 0 ? kLane / length : 0;
  const double left = std::clamp(from * scale, 0.0, kLane);
  const double right = std::clamp(to * scale, 0.0, kLane);
  // A stage of no time is still there to be seen.
  const double width = std::max(right - left, 3.0);
  return "<rect class=\"" + std::string(kind) + "\" x=\"" + decimal(std::min(left, kLane - width)) +
         "\" y=\"" + decimal(top) + "\" width=\"" + decimal(width) + "\" height=\"" +
         decimal(height) + "\"/>";
}

std::string lane(const Bar& bar, double length) {
  const char* const kind = bar.tone == Tone::Bad ? "failed"
                           : bar.critical        ? "critical"
                           : bar.background      ? "background"
                                                 : "work";
  std::string out =
      "<svg viewBox=\"0 0 1000 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"rail\" y=\"7\" width=\"1000\" height=\"2\"/>";
  if (bar.started_s > bar.ready_s) {
    out += rect("wait", bar.ready_s, bar.started_s, length, 5, 6);
  }
  return out + rect(kind, bar.started_s, bar.done_s, length, 1, 14) + "</svg>";
}

std::string waterfall_row(const Bar& bar, double length) {
  const std::string depth = "d" + std::to_string(std::min(bar.depth, 3u));
  std::string said = bar.text;
  said += bar.critical ? ", on the critical path" : "";
  if (bar.started_s > bar.ready_s) {
    said += ", " + seconds(bar.started_s - bar.ready_s) + " of it waiting";
  }
  return "<tr><th scope=\"row\"" +
         class_of(false, bar.critical ? Tone::Strong : Tone::Plain, bar.depth == 0 ? "" : depth) +
         ">" + html_safe(bar.label) + "</th><td class=\"time from r\">" + seconds(bar.ready_s) +
         "</td><td class=\"lane\">" + lane(bar, length) + "</td><td" +
         class_of(true, bar.tone, "time") + " aria-label=\"" + html_safe(said) + "\">" +
         html_safe(bar.text) + "</td></tr>\n";
}

std::string legend_entry(const char* kind, const char* text) {
  return std::string("<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"") + kind +
         "\" width=\"10\" height=\"10\"/></svg>" + text + "</li>";
}

// The same with every text as it may be drawn: no control character, no bidirectional override.
json::Value drawable(const json::Value& value) {
  if (value.is_string()) {
    return cut_to_width(terminal_safe(value.as_string()), 300);
  }
  if (value.is_array()) {
    json::Value out = json::Value::array();
    for (const json::Value& each : value.items()) {
      out.push(drawable(each));
    }
    return out;
  }
  if (value.is_object()) {
    json::Value out = json::Value::object();
    for (const json::Member& member : value.members()) {
      out.set(member.key, drawable(member.value));
    }
    return out;
  }
  return value;
}

// JSON that cannot end the script element it stands in.
std::string script_json(const json::Value& value) {
  std::string out;
  for (const char c : json::dump(drawable(value))) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::Plain:
      return "";
    case Tone::Strong:
      return "strong";
    case Tone::Dim:
      return "dim";
    case Tone::Good:
      return "good";
    case Tone::Bad:
      return "bad";
    case Tone::Warn:
      return "warn";
  }
  return "";
}

std::string html_line(const Line& line) {
  std::string out;
  for (const Text& text : line) {
    // A label is padded to the width of its column.
    const bool label = &text == &line.front() && text.tone == Tone::Dim && text.text.size() > 2 &&
                       text.text.rfind("  ") == text.text.size() - 2;
    const std::string_view tone = label ? "label" : tone_class(text.tone);
    const std::string safe = html_safe(text.text);
    out += tone.empty() ? safe : "<span class=\"" + std::string(tone) + "\">" + safe + "</span>";
  }
  return out;
}

void write_html_paragraph(const Paragraph& paragraph, HtmlOut& out) {
  out.force("<div class=\"lines\">\n");
  for (const Line& line : paragraph.lines) {
    if (!out.add("<p>" + html_line(line) + "</p>\n")) {
      break;
    }
  }
  out.force("</div>\n");
}

void write_html_table(const Table& table, HtmlOut& out) {
  const std::string title = html_safe(table.title);
  std::string head = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + title +
                     "\">\n<table><caption>" + title + "</caption>\n<thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool right = i > 0 && table.columns[i].right;
    head += "<th scope=\"col\"" + class_of(right, Tone::Plain) + ">" +
            html_safe(table.columns[i].title) + "</th>";
  }
  if (!out.add(head + "</tr></thead>\n<tbody>\n")) {
    return;
  }
  std::size_t written = 0;
  for (const auto& row : table.rows) {
    if (written == kMostTableRows || !out.add(table_row(table, row))) {
      break;
    }
    ++written;
  }
  out.force("</tbody></table>\n</div>\n");
  if (written < table.rows.size()) {
    out.force("<p class=\"dim\">… and " + count(table.rows.size() - written) +
              " more rows: see the JSON report</p>\n");
  }
  if (!table.notes.empty()) {
    out.force("<ul class=\"notes\">\n");
    for (const Line& line : table.notes) {
      if (!out.add("<li>" + html_line(line) + "</li>\n")) {
        break;
      }
    }
    out.force("</ul>\n");
  }
}

void write_html_waterfall(const Waterfall& waterfall, HtmlOut& out) {
  const std::string title = html_safe(waterfall.title);
  const bool added =
      out.add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + title +
              "\">\n<table class=\"waterfall\"><caption>" + title +
              "</caption>\n<thead><tr><th scope=\"col\">stage</th><th scope=\"col\" "
              "class=\"time from r\">ready after</th><th scope=\"col\">0 … " +
              seconds(waterfall.length_s) +
              "</th><th scope=\"col\" class=\"time r\">took</th></tr></thead>\n<tbody>\n");
  if (!added) {
    return;
  }
  std::size_t written = 0;
  for (const Bar& bar : waterfall.bars) {
    if (written == kMostBars || !out.add(waterfall_row(bar, waterfall.length_s))) {
      break;
    }
    ++written;
  }
  out.force("</tbody></table>\n</div>\n");
  if (written < waterfall.bars.size()) {
    out.force("<p class=\"dim\">… and " + count(waterfall.bars.size() - written) +
              " more stages: see the JSON report</p>\n");
  }
  out.force("<ul class=\"legend\">" + legend_entry("critical", "on the critical path") +
            legend_entry("work", "beside it") + legend_entry("wait", "waiting") +
            legend_entry("failed", "failed") + "</ul>\n");
}

void write_html_chart(const Chart& chart, std::size_t& number, bool scripted, HtmlOut& out) {
  const std::string id = "chart-" + std::to_string(number);
  out.force("<figure aria-labelledby=\"" + id + "\">\n<figcaption><h3 id=\"" + id + "\">" +
            html_safe(chart.title) + "</h3>");
  if (!chart.caption.empty()) {
    out.add("<p>" + html_safe(chart.caption) + "</p>");
  }
  out.force("</figcaption>\n");
  for (const Plot& plot : chart.plots) {
    const std::string name = "plot-" + std::to_string(number++);
    if (scripted) {
      out.add("<div class=\"plot\" id=\"" + name + "\" role=\"img\" aria-label=\"" +
              html_safe(plot.description) + "\"></div>\n<script type=\"application/json\" " +
              "data-plot=\"" + name + "\">" + script_json(plot.data) + "</script>\n");
    }
  }
  out.force(std::string("<details open") + (chart.table_open ? " data-keep" : "") +
            "><summary>The numbers as a table</summary>\n");
  write_html_table(chart.table, out);
  out.force("</details>\n</figure>\n");
}

}  // namespace rehearse::reports
