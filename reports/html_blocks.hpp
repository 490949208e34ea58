#pragma once

#include <string>
#include <string_view>

#include "reports/page.hpp"

// The parts of a page as HTML. Private to html.cpp.
namespace rehearse::reports {

// Text that grows up to a limit; what does not fit is left out whole.
class HtmlOut {
 public:
  explicit HtmlOut(std::size_t limit) : limit_(limit) {}
  bool add(std::string_view piece) {
    if (text_.size() + piece.size() > limit_) {
      full_ = true;
      return false;
    }
    text_ += piece;
    return true;
  }
  // For closing tags and notes, which always fit: they are short.
  void force(std::string_view piece) { text_ += piece; }
  bool full() const { return full_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t limit_;
  bool full_ = false;
};

std::string_view tone_class(Tone tone);  // "good", …; empty: plain
// A number of an SVG attribute.
std::string decimal(double value);
// The class attribute of a cell, with its space before; empty where it has none.
std::string class_of(bool right, Tone tone, std::string_view more = "");
// A name with places where it may break: after its separators, so that no word is torn in a narrow
// column.
std::string breakable(const std::string& safe);
std::string html_line(const Line& line);
void write_html_paragraph(const Paragraph& paragraph, HtmlOut& out);
// `titled`: its title stands above it already.
void write_html_table(const Table& table, HtmlOut& out, bool titled = false);
void write_html_waterfall(const Waterfall& waterfall, HtmlOut& out);
void write_html_code(const Code& code, HtmlOut& out);
// `number` counts the plots of the page.
void write_html_chart(const Chart& chart, std::size_t& number, bool scripted, HtmlOut& out);

}  // namespace rehearse::reports
