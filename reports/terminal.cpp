#include "reports/terminal.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>

#include "harness/base/text.hpp"
#include "reports/figures.hpp"
#include "reports/no_break.hpp"
#include "reports/terminal_table.hpp"

namespace rehearse::reports {
namespace {

// One code point of valid UTF-8 (terminal_safe made it so).
struct Glyph {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_combining(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200D) ||
         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F);
}

Glyph glyph_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) {
    return {1, 1};
  }
  char32_t value = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return {bytes, is_combining(value) ? 0u : is_wide(value) ? 2u : 1u};
}

// Lines are filled word by word; what follows is indented under the first word after the label.
class Filler {
 public:
  Filler(const TerminalOptions& options, std::size_t indent) : options_(options), indent_(indent) {}

  void add(const Text& text) {
    std::string_view rest = text.text;
    while (!rest.empty()) {
      std::size_t spaces = 0;
      while (spaces < rest.size() && rest[spaces] == ' ') {
        ++spaces;
      }
      if (spaces > 1) {
        begin_phrase(rest.substr(spaces));
      }
      std::size_t end = rest.find(' ', spaces);
      end = end == std::string_view::npos ? rest.size() : end;
      word(spaces, rest.substr(spaces, end - spaces), text.tone);
      rest.remove_prefix(end);
    }
  }
  std::string take() {
    while (!out_.empty() && out_.back() == ' ') {
      out_.pop_back();
    }
    return out_ + "\n";
  }

 private:
  // Two spaces divide what should stay on one line: "mean 3 m 11 s".
  void begin_phrase(std::string_view rest) {
    const std::size_t longest = 28;
    const std::size_t end = std::min(rest.find("  "), rest.size());
    const std::size_t width = display_width(terminal_safe(rest.substr(0, end)));
    together_ = width <= longest && at_ > indent_ && at_ + 2 + width > options_.width;
  }
  void word(std::size_t spaces, std::string_view word, Tone tone) {
    std::string safe = terminal_safe(word);
    std::size_t width = display_width(safe);
    if ((together_ || at_ + spaces + width > options_.width) && at_ > indent_) {
      together_ = false;
      out_ += "\n" + std::string(indent_, ' ');
      at_ = indent_;
      spaces = 0;
    }
    const std::size_t room =
        options_.width - std::min<std::size_t>(at_ + spaces, options_.width - 8);
    if (width > room) {
      safe = cut_to_width(safe, room);
      width = display_width(safe);
    }
    out_ += std::string(spaces, ' ') + painted({safe, tone}, options_.colour);
    at_ += spaces + width;
  }

  const TerminalOptions& options_;
  std::size_t indent_;
  std::string out_;
  std::size_t at_ = 0;
  bool together_ = false;  // the phrase that begins goes to the next line
};

// Whether a line may end before the glyph at `at`: behind a space, or inside a long name.
enum class Break { No, Name, Space };
Break break_before(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) {
    return Break::No;
  }
  // No line begins with what the log of a CI job takes for a command.
  const std::size_t next = std::min(text.find_first_not_of(' ', at), text.size());
  if (text.substr(next).starts_with("::")) {
    return Break::No;
  }
  if (text[at - 1] == ' ' || text[at] == ' ') {
    return Break::Space;
  }
  const bool ends = std::string_view("_-/+:").find(text[at - 1]) != std::string_view::npos;
  const bool named = at > 1 && std::isalnum(static_cast<unsigned char>(text[at - 2])) != 0;
  return ends && named ? Break::Name : Break::No;
}

// Of a text that is wider than `width`: the bytes for this line. Up to the last space, where more
// than half a line is before it; else up to the last place where a part of a name ends.
std::size_t bytes_that_fit(std::string_view text, std::size_t width) {
  std::size_t fits = 0;
  std::size_t in_name = 0;
  std::size_t space = 0;
  std::size_t before_space = 0;  // columns
  for (std::size_t at = 0; fits < text.size();) {
    const Break kind = break_before(text, fits);
    if (kind == Break::Space) {
      space = fits;
      before_space = at;
    } else if (kind == Break::Name) {
      in_name = fits;
    }
    const Glyph glyph = glyph_at(text.substr(fits));
    if (at + glyph.columns > width) {
      break;
    }
    at += glyph.columns;
    fits += glyph.bytes;
  }
  if (space > 0 && (2 * before_space >= width || in_name < space)) {
    return space;
  }
  return in_name > 0 ? in_name : fits;
}

constexpr std::size_t kWidestLabel = 20;

std::string write_line(const Line& line, const TerminalOptions& options) {
  if (line.size() == 1 && line[0].tone == Tone::Code) {
    return terminal_safe(line[0].text) + "\n";
  }
  // A first part that ends in spaces is a label: what follows is aligned beside it.
  const std::size_t label = line.empty() ? 0 : display_width(line[0].text);
  const bool labelled = line.size() > 1 && line[0].text.ends_with(' ') && label <= kWidestLabel;
  // What is indented stays so on the next line, and a little more.
  const std::size_t before =
      line.empty() ? 0 : std::min<std::size_t>(line[0].text.find_first_not_of(' '), 8);
  Filler filler(options, labelled ? label : 2 + (before > 8 ? 0 : before));
  for (const Text& text : line) {
    filler.add({with_no_breaks(text.text), text.tone});
  }
  return filler.take();
}

// Items in one row: each ends in half a block, and a gap is a gap.
std::string drawn_pieces(const Bar& row, std::size_t from, std::size_t to,
                         const std::function<std::size_t(double)>& place) {
  std::vector<const char*> cells(to - from, " ");
  for (const Piece& piece : row.pieces) {
    const std::size_t begin = std::clamp(place(piece.started_s), from, to - 1);
    const std::size_t end = std::clamp(place(piece.done_s), begin + 1, to);
    for (std::size_t at = std::clamp(place(piece.ready_s), from, begin); at < end; ++at) {
      const bool waits = at < begin;
      if (!waits || *cells[at - from] == ' ') {
        cells[at - from] = waits ? "·" : !piece.critical ? "▒" : at + 1 == end ? "▌" : "█";
      }
    }
  }
  std::string out;
  for (const char* cell : cells) {
    out += cell;
  }
  return out;
}

std::string write_bar(const Bar& row, double length_s, std::size_t label_width,
                      std::size_t bar_width, const TerminalOptions& options) {
  const auto place = [&](double s) {
    const double part = length_s > 0 ? std::clamp(s / length_s, 0.0, 1.0) : 0;
    return static_cast<std::size_t>(std::lround(part * static_cast<double>(bar_width)));
  };
  const std::size_t ready = std::min(place(row.ready_s), bar_width - 1);
  const std::size_t started =
      row.started_s > row.ready_s ? std::max(place(row.started_s), ready) : ready;
  const std::size_t done = std::max(place(row.done_s), ready + 1);
  std::string drawn;
  for (std::size_t i = ready; i < done; ++i) {
    drawn += i < started ? "·" : row.background ? "░" : row.critical ? "█" : "▒";
  }
  if (!row.pieces.empty()) {
    drawn = drawn_pieces(row, ready, done, place);
  }
  const std::string label =
      cut_to_width(std::string(2 * row.depth, ' ') + terminal_safe(row.label), label_width);
  std::string out = label + std::string(label_width - display_width(label) + 1, ' ');
  out += std::string(ready, ' ') + painted({drawn, row.tone}, options.colour);
  out += std::string(bar_width - std::min(done, bar_width) + 1, ' ');
  const std::size_t used = label_width + bar_width + 2;
  const std::size_t room = options.width > used ? options.width - used : 8;
  return out + painted({cut_to_width(terminal_safe(row.text), room), row.tone}, options.colour) +
         "\n";
}

std::string write_waterfall(const Waterfall& waterfall, const TerminalOptions& options) {
  std::size_t label_width = 8;
  std::size_t text_width = 8;
  for (const Bar& row : waterfall.bars) {
    label_width = std::max(label_width, 2 * row.depth + display_width(terminal_safe(row.label)));
    text_width = std::max(text_width, display_width(terminal_safe(row.text)));
  }
  label_width = std::min<std::size_t>(label_width, options.width / 3);
  text_width = std::min<std::size_t>(text_width, options.width / 4);
  const std::size_t bar_width =
      std::max<std::size_t>(options.width - label_width - text_width - 2, 8);
  std::string out = painted({waterfall.title, Tone::Strong}, options.colour) +
                    painted({"   █ critical path  ▒ beside it  · waiting", Tone::Dim}, false) +
                    "\n";
  if (display_width(waterfall.title) + 44 > options.width) {
    out = painted({cut_to_width(terminal_safe(waterfall.title), options.width), Tone::Strong},
                  options.colour) +
          "\n";
  }
  for (const Bar& row : waterfall.bars) {
    out += write_bar(row, waterfall.length_s, label_width, bar_width, options);
  }
  return out;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Glyph glyph = glyph_at(text);
    width += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) {
    return std::string(text);
  }
  std::string out;
  std::size_t at = 0;
  while (!text.empty()) {
    const Glyph glyph = glyph_at(text);
    if (at + glyph.columns + 1 > width) {
      break;
    }
    out += text.substr(0, glyph.bytes);
    at += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return width == 0 ? std::string() : out + "…";
}

std::size_t longest_piece(std::string_view text) {
  std::size_t longest = 0;
  std::size_t piece = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Glyph glyph = glyph_at(text.substr(at));
    piece = break_before(text, at) == Break::No ? piece : 0;
    piece += text[at] == ' ' ? 0 : glyph.columns;
    longest = std::max(longest, piece);
    at += glyph.bytes;
  }
  return longest;
}

std::vector<std::string> wrap_to_width(std::string_view text, std::size_t width, std::size_t most) {
  const auto leading = [&] { return std::min(text.find_first_not_of(' '), text.size()); };
  const std::string margin(std::min(leading(), width / 2), ' ');
  text.remove_prefix(leading());
  std::vector<std::string> out;
  while (out.size() + 1 < most && margin.size() + display_width(text) > width) {
    const std::size_t fits = bytes_that_fit(text, width - margin.size());
    if (fits == 0) {
      break;  // not even one glyph
    }
    std::string_view part = text.substr(0, fits);
    part.remove_suffix(part.size() - 1 - std::min(part.find_last_not_of(' '), part.size() - 1));
    out.push_back(margin + std::string(part));
    text.remove_prefix(fits);
    text.remove_prefix(leading());
  }
  out.push_back(cut_to_width(margin + std::string(text), width));
  return out;
}

std::string write_terminal(const Document& document, const TerminalOptions& asked) {
  TerminalOptions options = asked;
  options.width = std::max(options.width, 40u);
  std::string out;
  for (const Block& block : document.blocks) {
    if (!out.empty()) {
      out += "\n";
    }
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      for (const Line& line : paragraph->lines) {
        out += write_line(line, options);
      }
    } else if (const auto* table = std::get_if<Table>(&block)) {
      out += write_terminal_table(*table, options);
      for (const Line& line : table->notes) {
        out += write_line(line, options);
      }
    } else {
      out += write_waterfall(std::get<Waterfall>(block), options);
    }
  }
  return out;
}

}  // namespace rehearse::reports
