#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

bool is_verdict(const Text& text) {
  return text.tone == Tone::Good || text.tone == Tone::Bad || text.tone == Tone::Warn;
}

// Takes the first line that begins with a toned word out of the paragraphs: the word is the
// verdict, the rest of its line the headline.
void take_verdict(Page& page) {
  for (std::size_t i = 0; i < page.more.lines.size(); ++i) {
    Line& line = page.more.lines[i];
    if (line.empty() || !is_verdict(line.front())) {
      continue;
    }
    page.verdict = line.front();
    line.erase(line.begin());
    page.headline = plain_text(line);
    page.more.lines.erase(page.more.lines.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
  page.verdict = {"REPORT"};
  if (!page.more.lines.empty()) {
    page.headline = plain_text(page.more.lines.front());
    page.more.lines.erase(page.more.lines.begin());
  }
}

}  // namespace

Page document_page(const Document& document) {
  Page out;
  out.kicker = "rehearse";
  out.title = document.title;
  Section rest{"report", "Report", {}};
  for (const Block& block : document.blocks) {
    const auto* paragraph = std::get_if<Paragraph>(&block);
    if (paragraph != nullptr && rest.blocks.empty()) {
      out.more.lines.insert(out.more.lines.end(), paragraph->lines.begin(), paragraph->lines.end());
    } else {
      std::visit([&](const auto& each) { rest.blocks.emplace_back(each); }, block);
    }
  }
  take_verdict(out);
  if (!rest.blocks.empty()) {
    out.sections.push_back(std::move(rest));
  }
  return out;
}

}  // namespace rehearse::reports
