#include "reports/terminal_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/text.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kGap = 2;
// Bars of the columns up to a rank, the most wanted first: drawn where the columns leave room.
struct Bars {
  std::size_t width = 0;
  int rank = 0;
};
constexpr std::array<Bars, 4> kBars{{{8, 1}, {5, 1}, {8, 0}, {5, 0}}};
constexpr std::size_t kNarrowest = 10;

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

  // Cuts the widest column until the table fits.
  void squeeze(std::size_t width) {
    while (total() > width) {
      const auto widest = *std::max_element(
          shown_.begin(), shown_.end(), [&](auto a, auto b) { return widths_[a] < widths_[b]; });
      if (widths_[widest] <= kNarrowest) {
        return;
      }
      const std::size_t over = total() - width;
      widths_[widest] = std::max(kNarrowest, widths_[widest] - std::min(over, widths_[widest]));
    }
  }

  const Table& table_;
  std::vector<std::size_t> shown_;
  std::vector<std::size_t> widths_;
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

}  // namespace

std::string painted(const Text& text, bool colour) {
  static constexpr std::array<const char*, 6> kCodes{"", "1", "2", "32", "31", "33"};
  std::string safe = terminal_safe(text.text);
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
  for (const std::size_t column : layout.shown()) {
    const Column& head = table.columns[column];
    out += cell({head.title, Tone::Dim}, layout.width(column), head.right, 0, options.colour);
    out += std::string(kGap, ' ');
  }
  end_line(out);
  for (const auto& row : table.rows) {
    for (const std::size_t column : layout.shown()) {
      out += cell(row[column], layout.width(column), table.columns[column].right,
                  layout.bar_width(column), options.colour);
      out += std::string(kGap, ' ');
    }
    end_line(out);
  }
  return out;
}

}  // namespace rehearse::reports
