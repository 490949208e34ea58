#include "reports/html_blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/encode.hpp"
#include "reports/figures.hpp"
#include "reports/html.hpp"
#include "reports/no_break.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kMostTableRows = 500;

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

// A sentence, which may break; anything shorter stays on one line of a narrow screen.
bool is_long(std::string_view text) { return display_width(terminal_safe(text)) > 24; }

std::string table_row(const Table& table, const std::vector<Text>& row) {
  std::string out = "<tr>";
  for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
    const Text& cell = row[i];
    // On paper a number may break from its neighbour, never from its unit.
    const bool number = i > 0 && table.columns[i].right;
    const std::string text = html_safe(number ? with_no_breaks(cell.text) : cell.text);
    if (i == 0) {
      out += "<th scope=\"row\"" + class_of(false, cell.tone, depth_class(cell.text)) + ">" +
             breakable(text) + "</th>";
    } else {
      out +=
          "<td" + class_of(table.columns[i].right, cell.tone, is_long(cell.text) ? "long" : "") +
          ">" +
          (cell.bar ? share_bar(*cell.bar) + "<span class=\"beside\">" + text + "</span>" : text) +
          "</td>";
    }
  }
  return out + "</tr>\n";
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

void write_notes(const std::vector<Line>& lines, HtmlOut& out) {
  if (lines.empty()) {
    return;
  }
  out.force("<ul class=\"notes\">\n");
  for (const Line& line : lines) {
    if (!out.add("<li>" + html_line(line) + "</li>\n")) {
      break;
    }
  }
  out.force("</ul>\n");
}

}  // namespace

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::Plain:
    case Tone::Code:
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

std::string decimal(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.1f", std::isfinite(value) ? value : 0.0);
  return out.data();
}

std::string class_of(bool right, Tone tone, std::string_view more) {
  std::string out = right ? "r" : "";
  for (const std::string_view each : {tone_class(tone), more}) {
    if (!each.empty()) {
      out += (out.empty() ? "" : " ") + std::string(each);
    }
  }
  return out.empty() ? "" : " class=\"" + out + "\"";
}

std::string breakable(const std::string& safe) {
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    out += safe[i];
    const bool separates = safe[i] == '_' || safe[i] == '/' || safe[i] == ':' || safe[i] == '-';
    if (separates && i > 0 && i + 1 < safe.size()) {
      out += "<wbr>";
    }
  }
  return out;
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

void write_html_table(const Table& table, HtmlOut& out, bool titled) {
  const std::string title = html_safe(table.title);
  std::string head = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + title +
                     "\">\n<table><caption" + (titled ? " class=\"said\"" : "") + ">" + title +
                     "</caption>\n<thead><tr>";
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
  write_notes(table.notes, out);
  if (!table.details.empty()) {
    out.force("<details><summary>Where these figures come from</summary>\n");
    write_notes(table.details, out);
    out.force("</details>\n");
  }
}

void write_html_code(const Code& code, HtmlOut& out) {
  std::string lines;
  for (std::size_t at = 0; at < code.text.size();) {
    const std::size_t end = std::min(code.text.find('\n', at), code.text.size());
    lines += xml_safe(std::string_view(code.text).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  const std::string title = html_safe(code.title);
  out.add("<div class=\"code\"><p class=\"strong\">" + title +
          "</p>\n<pre tabindex=\"0\" aria-label=\"" + title + "\"><code>" + lines +
          "</code></pre></div>\n");
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
  if (chart.table_open) {
    write_html_table(chart.table, out, chart.table.title == chart.title);
    out.force("</figure>\n");
    return;
  }
  out.force("<details open><summary>The numbers as a table</summary>\n");
  write_html_table(chart.table, out);
  out.force("</details>\n</figure>\n");
}

}  // namespace rehearse::reports
