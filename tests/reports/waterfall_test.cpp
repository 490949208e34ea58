#include <catch2/catch.hpp>

#include "reports/html.hpp"
#include "reports/html_blocks.hpp"
#include "reports/markdown.hpp"
#include "reports/run_tables.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

record::WaterfallRow row(const char* stage, std::uint32_t item, double from, double to,
                         bool critical) {
  record::WaterfallRow out;
  out.stage = stage;
  out.item = item;
  out.ready_s = out.started_s = from;
  out.done_s = to;
  out.critical = critical;
  return out;
}

// A group of `items` images, one after the other or all at once, then a stage of its own.
record::JobSummary job(std::uint32_t items, bool together) {
  record::JobSummary out;
  out.response_s = 100;
  const double each = together ? 90 : 90.0 / items;
  out.waterfall.push_back(row("images", 0, 0, 90, true));
  for (std::uint32_t i = 0; i < items; ++i) {
    const double from = together ? 0 : each * i;
    out.waterfall.push_back(row("images/images", i, from, from + each, !together || i == 0));
    out.waterfall.back().depth = 1;
  }
  out.waterfall.push_back(row("video", 0, 90, 100, true));
  out.waterfall.back().started_s = 92;
  return out;
}

std::string html_of(const Waterfall& bars) {
  HtmlOut out(kMostHtml);
  write_html_waterfall(bars, out);
  return out.take();
}

std::size_t occurrences(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

TEST_CASE("the items of a fan-out share a row, a few have a row each") {
  const Waterfall many = waterfall(job(10, false));
  REQUIRE(many.bars.size() == 3);
  CHECK(many.bars[1].label == "images #1–10");
  CHECK(many.bars[1].text == "each 9.00 s");
  CHECK(many.bars[1].pieces.size() == 10);
  CHECK(many.bars[1].done_s == Approx(90));
  CHECK(many.length_s == Approx(100));
  CHECK(waterfall(job(3, false)).bars.size() == 5);
}

TEST_CASE("a folded row says how many items failed and were tried again") {
  record::JobSummary some = job(4, false);
  some.waterfall[2].end = record::StageEnd::Failed;
  some.waterfall[3].attempts = 3;
  some.waterfall[3].done_s += 5;
  const Bar bar = waterfall(some).bars[1];
  CHECK(bar.text == "each 22.5 s – 27.5 s, 1 failed, 2 retries");
  CHECK(bar.tone == Tone::Bad);
}

TEST_CASE("items beside each other are drawn below each other, items in a row in one lane") {
  const std::string in_a_row = html_of(waterfall(job(10, false)));
  CHECK(occurrences(in_a_row, "viewBox=\"0 0 1000 16.0\"") == 1);  // one lane of pieces
  const std::string beside = html_of(waterfall(job(10, true)));
  CHECK(occurrences(beside, "viewBox=\"0 0 1000 52.0\"") == 1);  // ten
  CHECK(occurrences(beside, "class=\"work\"") == 10);            // nine items, and the legend
  // More than there are lanes still fit.
  CHECK(occurrences(html_of(waterfall(job(150, true))), "viewBox=\"0 0 1000 82.0\"") == 1);
}

TEST_CASE("a legend names what is drawn and nothing else") {
  const std::string html = html_of(waterfall(job(10, false)));
  CHECK(html.find("on the critical path</li>") != std::string::npos);
  CHECK(html.find("waiting</li>") != std::string::npos);
  CHECK(html.find("failed</li>") == std::string::npos);
  CHECK(html.find("beside it</li>") == std::string::npos);
}

TEST_CASE("a waterfall fits every width of terminal, whatever its job") {
  for (const std::uint32_t items : {1u, 5u, 60u}) {
    for (const bool together : {false, true}) {
      for (unsigned width = 40; width <= 130; width += 9) {
        const std::string text = write_terminal({"", {waterfall(job(items, together))}}, {width});
        for (std::size_t at = 0; at < text.size();) {
          const std::size_t end = text.find('\n', at);
          INFO(text);
          REQUIRE(display_width(text.substr(at, end - at)) <= width);
          at = end + 1;
        }
      }
    }
  }
}

TEST_CASE("Mermaid sees times of a day that begins at midnight, and no mark of its own language") {
  const std::string text = write_markdown({"t", {waterfall(job(10, false))}});
  CHECK(text.find("  images, 90.0 s :active, 2001-01-01 00:00:00.000, 2001-01-01 00:01:30.000\n") !=
        std::string::npos);
  CHECK(text.find("  -images 1-10, each 9.00 s :active,") != std::string::npos);
  CHECK(text.find("  video waits :done, 2001-01-01 00:01:30.000, 2001-01-01 00:01:32.000\n") !=
        std::string::npos);
  CHECK(text.find("axisFormat %M:%S\n") != std::string::npos);
}

TEST_CASE("a job of a month has no Gantt chart, but a report") {
  record::JobSummary slow = job(1, false);
  slow.waterfall.back().done_s = 40 * 86'400.0;
  const std::string text = write_markdown({"t", {waterfall(slow)}});
  CHECK(text.find("mermaid") == std::string::npos);
}

}  // namespace
}  // namespace rehearse::reports
