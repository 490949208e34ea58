#include "reports/markdown.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/text.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kReserve = 400;  // for what closes the report
constexpr std::size_t kLongestCell = 300;
constexpr std::size_t kMostMarkdownBars = 200;
constexpr double kLongestGantt = 28 * 86'400.0;  // seconds

class MarkdownPage {
 public:
  // Appends a piece whole, or not at all where it does not fit.
  bool add(std::string_view piece) {
    if (out_.size() + piece.size() + kReserve > kMostMarkdown) {
      full_ = true;
      return false;
    }
    out_ += piece;
    return true;
  }
  void force(std::string_view piece) { out_ += piece; }
  bool full() const { return full_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool full_ = false;
};

std::string toned(const Text& text) {
  const std::string safe = markdown_safe(text.text);
  const std::size_t first = safe.find_first_not_of(' ');
  const bool strong =
      text.tone == Tone::Strong || text.tone == Tone::Bad || text.tone == Tone::Good;
  if (!strong || first == std::string::npos) {
    return safe;
  }
  // Emphasis must touch its words: spaces stay outside.
  const std::size_t last = safe.find_last_not_of(' ');
  return safe.substr(0, first) + "**" + safe.substr(first, last - first + 1) + "**" +
         safe.substr(last + 1);
}

void write_paragraph(const Paragraph& paragraph, MarkdownPage& page) {
  for (const Line& line : paragraph.lines) {
    std::string out;
    for (const Text& text : line) {
      out += toned(text);
    }
    // A label and its spaces are for terminals.
    out.erase(
        std::unique(out.begin(), out.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
        out.end());
    if (!page.add(out + "  \n")) {
      return;
    }
  }
  page.add("\n");
}

std::string indented(const std::string& text) {
  const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
  std::string out;
  for (std::size_t i = 0; i < spaces; ++i) {
    out += "&nbsp;";
  }
  return out + markdown_safe(std::string_view(text).substr(spaces));
}

// Folded away; whole or not at all, so that what follows is not folded with it.
void write_details(const std::vector<Line>& lines, MarkdownPage& page) {
  std::string out;
  for (const Line& line : lines) {
    out += "- ";
    for (const Text& text : line) {
      out += markdown_safe(text.text);
    }
    out += "\n";
  }
  if (!out.empty()) {
    page.add("<details><summary>Where these figures come from</summary>\n\n" + out +
             "\n</details>\n\n");
  }
}

void write_table(const Table& table, MarkdownPage& page) {
  std::string head = "### " + markdown_safe(table.title) + "\n\n|";
  std::string rule = "|";
  for (const Column& column : table.columns) {
    head += " " + markdown_safe(column.title) + " |";
    rule += column.right ? " ---: |" : " :--- |";
  }
  if (!page.add(head + "\n" + rule + "\n")) {
    return;
  }
  std::size_t written = 0;
  for (const auto& row : table.rows) {
    std::string out = "|";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += " " + (i == 0 ? indented(row[i].text) : markdown_safe(row[i].text)) + " |";
    }
    if (!page.add(out + "\n")) {
      page.force("\n… and " + std::to_string(table.rows.size() - written) +
                 " more rows: see the JSON report\n\n");
      return;
    }
    ++written;
  }
  page.add("\n");
  for (const Line& line : table.notes) {
    std::string out = "- ";
    for (const Text& text : line) {
      out += markdown_safe(text.text);
    }
    if (!page.add(out + "\n")) {
      return;
    }
  }
  if (!table.notes.empty()) {
    page.add("\n");
  }
  write_details(table.details, page);
}

// Mermaid has no escapes: only what can mean nothing to it stays.
std::string mermaid_safe(std::string_view text) {
  std::string out;
  char before = ' ';
  std::string rest(text.substr(0, 60));
  for (std::size_t at = rest.find("–"); at != rest.npos; at = rest.find("–")) {
    rest.replace(at, 3, "-");
  }
  for (const char c : rest) {
    const bool digit = c >= '0' && c <= '9';
    const bool point = c == '.' && before >= '0' && before <= '9';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit || point ||
                       c == ' ' || c == '_' || c == '-' || c == '/';
    if (c != '#') {
      out += plain ? c : '_';
    }
    before = c;
  }
  return out.empty() ? "stage" : out;
}

// An instant as Mermaid reads and shows it: a clock of the reader's own time zone that begins at
// midnight, so that no zone shifts the axis.
std::string clock_text(double s) {
  const auto ms = std::isfinite(s) && s > 0 && s < kLongestGantt ? std::llround(s * 1e3) : 0;
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "2001-01-%02lld %02lld:%02lld:%02lld.%03lld",
                1 + ms / 86'400'000, ms / 3'600'000 % 24, ms / 60'000 % 60, ms / 1000 % 60,
                ms % 1000);
  return out.data();
}

void write_waterfall(const Waterfall& waterfall, MarkdownPage& page) {
  if (!(waterfall.length_s < kLongestGantt)) {
    return;  // a month of Gantt helps nobody; the tables say it
  }
  const double length = waterfall.length_s;
  std::string out = "### " + markdown_safe(waterfall.title) + "\n\n```mermaid\ngantt\n" +
                    "  dateFormat YYYY-MM-DD HH:mm:ss.SSS\n  axisFormat " +
                    (length < 10       ? "%S.%L s"
                     : length < 3600   ? "%M:%S"
                     : length < 86'400 ? "%H:%M:%S"
                                       : "day %d, %H:%M") +
                    "\n";
  std::size_t bars = 0;
  for (const Bar& bar : waterfall.bars) {
    if (++bars > kMostMarkdownBars) {
      break;
    }
    const char* const mark = bar.tone == Tone::Bad ? "crit, " : bar.critical ? "active, " : "";
    const std::string name = mermaid_safe(std::string(bar.depth, '-') + bar.label);
    if (bar.started_s > bar.ready_s && bar.pieces.empty()) {
      out += "  " + name + " waits :done, " + clock_text(bar.ready_s) + ", " +
             clock_text(bar.started_s) + "\n";
    }
    out += "  " + name + ", " + mermaid_safe(bar.text) + " :" + mark + clock_text(bar.started_s) +
           ", " + clock_text(bar.done_s) + "\n";
  }
  page.add(out + "```\n\n");
}

}  // namespace

std::string markdown_safe(std::string_view text) {
  std::string out;
  const std::string safe = cut_to_width(terminal_safe(text), kLongestCell);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '@':
        out += "&#64;";
        break;
      case '#':
        out += "&#35;";
        break;
      case '|':
        out += "&#124;";
        break;
      case '`':
        out += "&#96;";
        break;
      case '\\':
        out += "&#92;";
        break;
      case '$':
        out += "&#36;";
        break;
      case '*':
      case '_':
      case '~':
      case '[':
      case ']':
      case '!':
        out += '\\';
        out += c;
        break;
      case ':':
        // A scheme would become a link.
        out += safe.compare(i, 3, "://") == 0 ? std::string("&#58;") : std::string(1, c);
        break;
      case '.': {
        const bool www = i >= 3 && (safe[i - 1] == 'w' || safe[i - 1] == 'W');
        out += www ? std::string("&#46;") : std::string(1, c);
        break;
      }
      default:
        out += c;
    }
  }
  return out;
}

std::string write_markdown(const Document& document) {
  MarkdownPage page;
  page.add("## " + markdown_safe(document.title) + "\n\n");
  for (const Block& block : document.blocks) {
    if (page.full()) {
      break;
    }
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      write_paragraph(*paragraph, page);
    } else if (const auto* table = std::get_if<Table>(&block)) {
      write_table(*table, page);
    } else {
      write_waterfall(std::get<Waterfall>(block), page);
    }
  }
  if (page.full()) {
    page.force("\n*This report was cut at its longest permitted length.*\n");
  }
  return page.take();
}

}  // namespace rehearse::reports
