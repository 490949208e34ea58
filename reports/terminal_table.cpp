#include "reports/terminal_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/text.hpp"
#include "reports/no_break.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kGap = 2;
// Bars of the columns up to a rank, the most wanted first: drawn where the columns leave room.
struct Bars {
  std::size_t width = 0;
  int rank = 0;
};
constexpr std::array<Bars, 4> kBars{{{8, 1}, {5, 1}, {8, 0}, {5, 0}}};
constexpr std::array<std::size_t, 2> kNarrow{10, 6};  // no column is narrower unless it must be
constexpr std::size_t kWholeWords = 0;                // … than its longest word
constexpr std::size_t kMostLines = 4;                 // of a cell

class Layout {
 public:
  Layout(const Table& table, std::size_t width) : table_(table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      shown_.push_back(i);
    }
    measure();
    while (total() > width && drop_one()) {
    }
    for (const Bars& bars : kBars) {
      bars_ = bars;
      measure();
      if (total() <= width) {
        return;
      }
    }
    bars_ = {};
    measure();
    squeeze(width);
  }

  const std::vector<std::size_t>& shown() const { return shown_; }
  std::size_t width(std::size_t column) const { return widths_[column]; }
  std::size_t bar_width(std::size_t column) const {
    return table_.columns[column].rank <= bars_.rank ? bars_.width : 0;
  }

 private:
  void measure() {
    widths_.clear();
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      std::size_t widest = display_width(table_.columns[i].title);
      for (const auto& row : table_.rows) {
        const std::size_t bar = row[i].bar && bar_width(i) > 0 ? bar_width(i) + 1 : 0;
        widest = std::max(widest, bar + display_width(terminal_safe(row[i].text)));
      }
      widths_.push_back(widest);
    }
  }

  void measure_words() {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      std::size_t longest = longest_piece(table_.columns[i].title);
      for (const auto& row : table_.rows) {
        longest = std::max(longest, longest_piece(with_no_breaks(terminal_safe(row[i].text))));
      }
      words_.push_back(longest);
    }
  }

  std::size_t total() const {
    std::size_t sum = 0;
    for (const std::size_t column : shown_) {
      sum += widths_[column] + kGap;
    }
    return sum - kGap;
  }

  // Forgets the shown column of the highest rank; false where none is left that may go.
  bool drop_one() {
    const auto last = std::max_element(shown_.begin(), shown_.end(), [&](auto a, auto b) {
      return table_.columns[a].rank < table_.columns[b].rank;
    });
    if (shown_.size() < 2 || table_.columns[*last].rank < 1) {
      return false;
    }
    shown_.erase(last);
    return true;
  }

  // Takes room from the widest column until the table fits, from words before numbers: what has
  // too little goes on on a next line. Words are broken only where whole ones do not fit.
  void squeeze(std::size_t width) {
    measure_words();
    for (const std::size_t floor : {kWholeWords, kNarrow[0], kNarrow[1]}) {
      for (const bool numbers : {false, true}) {
        while (total() > width && narrow_widest(numbers, floor)) {
        }
      }
    }
  }

  // By one; false where no such column is wider than `floor`.
  bool narrow_widest(bool numbers, std::size_t floor) {
    std::size_t* widest = nullptr;
    for (const std::size_t column : shown_) {
      const std::size_t least = floor == kWholeWords ? std::max(words_[column], kNarrow[0]) : floor;
      const bool may = table_.columns[column].right == numbers && widths_[column] > least;
      if (may && (widest == nullptr || widths_[column] > *widest)) {
        widest = &widths_[column];
      }
    }
    if (widest == nullptr) {
      return false;
    }
    --*widest;
    return true;
  }

  const Table& table_;
  std::vector<std::size_t> shown_;
  std::vector<std::size_t> widths_;
  std::vector<std::size_t> words_;  // the longest piece of each column that is not to be broken
  Bars bars_;
};

std::string cell(const Text& text, std::size_t width, bool right, std::size_t bar_width,
                 bool colour) {
  const std::size_t room = text.bar && bar_width > 0 ? width - bar_width - 1 : width;
  const std::string cut = cut_to_width(terminal_safe(text.text), room);
  const std::string fill(room - std::min(room, display_width(cut)), ' ');
  std::string out;
  if (text.bar && bar_width > 0) {
    out = bar(*text.bar, bar_width) + " ";
  }
  const std::string shown = painted({cut, text.tone}, colour);
  return out + (right ? fill + shown : shown + fill);
}

void end_line(std::string& out) {
  while (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  out += '\n';
}

// One row, over several lines where a cell was given too little room for one.
void write_row(const std::vector<Text>& row, const Table& table, const Layout& layout, bool colour,
               std::string& out) {
  std::vector<std::vector<std::string>> parts(row.size());
  std::size_t lines = 1;
  for (const std::size_t column : layout.shown()) {
    const std::size_t bar = row[column].bar ? layout.bar_width(column) : 0;
    const std::size_t room = layout.width(column) - (bar > 0 ? bar + 1 : 0);
    parts[column] =
        wrap_to_width(with_no_breaks(terminal_safe(row[column].text)), room, kMostLines);
    lines = std::max(lines, parts[column].size());
  }
  for (std::size_t line = 0; line < lines; ++line) {
    for (const std::size_t column : layout.shown()) {
      Text part = row[column];
      part.text = line < parts[column].size() ? parts[column][line] : std::string();
      if (line > 0) {
        part.bar.reset();
      }
      out += cell(part, layout.width(column), table.columns[column].right, layout.bar_width(column),
                  colour);
      out += std::string(kGap, ' ');
    }
    end_line(out);
  }
}

}  // namespace

std::string painted(const Text& text, bool colour) {
  static constexpr std::array<const char*, 7> kCodes{"", "1", "2", "32", "31", "33", ""};
  const std::string safe = with_plain_spaces(terminal_safe(text.text));
  const char* const code = kCodes[static_cast<std::size_t>(text.tone)];
  if (!colour || *code == '\0' || safe.empty()) {
    return safe;
  }
  return "\x1b[" + std::string(code) + "m" + safe + "\x1b[0m";
}

std::string bar(double share, std::size_t width) {
  static constexpr std::array<const char*, 8> kParts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
  const auto eighths =
      static_cast<std::size_t>(std::lround(clamped * static_cast<double>(width * 8)));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) {
    out += "█";
  }
  std::size_t columns = eighths / 8;
  if (eighths % 8 != 0) {
    out += kParts[eighths % 8];
    ++columns;
  }
  return out + std::string(width - columns, ' ');
}

std::string write_terminal_table(const Table& table, const TerminalOptions& options) {
  const Layout layout(table, options.width);
  std::string out;
  if (!table.title.empty()) {
    out += painted({table.title, Tone::Strong}, options.colour) + "\n";
  }
  std::vector<Text> head;
  for (const Column& column : table.columns) {
    head.push_back({column.title, Tone::Dim});
  }
  write_row(head, table, layout, options.colour, out);
  for (const auto& row : table.rows) {
    write_row(row, table, layout, options.colour, out);
  }
  return out;
}

}  // namespace rehearse::reports
