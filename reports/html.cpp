#include "reports/html.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "reports/encode.hpp"
#include "reports/html_blocks.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kLongestText = 300;

int digit_of(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

// Hexadecimal digits of 32 bytes as the base64 that a content security policy wants.
std::string csp_hash(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit_of(hex[i]) * 16 + digit_of(hex[i + 1]));
  }
  return "'sha256-" + base64_text(bytes) + "'";
}

std::string head(const Page& page, const HtmlAssets& assets) {
  const std::string script =
      assets.script.empty() ? std::string("'none'") : csp_hash(assets.script_sha256);
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src " +
         script + "; style-src " + csp_hash(assets.style_sha256) +
         "; img-src data:; base-uri 'none'; form-action 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
         html_safe(page.verdict.text + ": " + page.title) + "</title>\n<style>" +
         std::string(assets.style) + "</style>\n</head>\n";
}

void write_header(const Page& page, HtmlOut& out) {
  out.add("<header>\n<p class=\"kicker\">" + html_safe(page.kicker) + "</p>\n<h1>" +
          html_safe(page.title) + "</h1>\n");
  for (const Line& line : page.subtitle.lines) {
    out.add("<p class=\"sub\">" + html_line(line) + "</p>\n");
  }
  out.add("<div class=\"verdict " + std::string(tone_class(page.verdict.tone)) +
          "\">\n<p class=\"word\">" + html_safe(page.verdict.text) +
          "</p>\n<p class=\"headline\">" + html_safe(page.headline) + "</p>\n");
  if (!page.more.lines.empty()) {
    out.force("<div class=\"more\">");
    write_html_paragraph(page.more, out);
    out.force("</div>\n");
  }
  out.force("</div>\n<dl class=\"figures\">\n");
  for (const KeyFigure& figure : page.figures) {
    out.add("<div><dt>" + html_safe(figure.label) + "</dt><dd><span class=\"value " +
            std::string(tone_class(figure.tone)) + "\">" + html_safe(figure.value) + "</span>" +
            (figure.detail.empty()
                 ? std::string()
                 : " <span class=\"detail\">" + html_safe(figure.detail) + "</span>") +
            "</dd></div>\n");
  }
  out.force("</dl>\n</header>\n");
}

void write_navigation(const Page& page, HtmlOut& out) {
  out.force("<nav aria-label=\"Sections\"><ul>\n");
  for (const Section& section : page.sections) {
    out.add("<li><a href=\"#" + section.id + "\">" + html_safe(section.title) + "</a></li>\n");
  }
  out.force("</ul></nav>\n");
}

// What may share a row with its neighbour where the window is wide.
bool stands_beside(const PageBlock& block) {
  const auto* chart = std::get_if<Chart>(&block);
  return std::holds_alternative<Waterfall>(block) || (chart != nullptr && chart->compact);
}

void write_section(const Section& section, bool scripted, std::size_t& plots, HtmlOut& out) {
  out.force("<section id=\"" + section.id + "\" aria-labelledby=\"" + section.id +
            "-title\">\n<h2 id=\"" + section.id + "-title\">" + html_safe(section.title) +
            "</h2>\n");
  bool beside = false;
  for (const PageBlock& block : section.blocks) {
    if (const bool now = stands_beside(block); now != beside) {
      out.force(now ? "<div class=\"columns\">\n" : "</div>\n");
      beside = now;
    }
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      write_html_paragraph(*paragraph, out);
    } else if (const auto* table = std::get_if<Table>(&block)) {
      write_html_table(*table, out, table->title == section.title);
    } else if (const auto* waterfall = std::get_if<Waterfall>(&block)) {
      out.force("<div>\n");
      write_html_waterfall(*waterfall, out);
      out.force("</div>\n");
    } else if (const auto* code = std::get_if<Code>(&block)) {
      write_html_code(*code, out);
    } else {
      write_html_chart(std::get<Chart>(block), plots, scripted, out);
    }
  }
  out.force(beside ? "</div>\n</section>\n" : "</section>\n");
}

std::string footer(const HtmlAssets& assets, bool cut) {
  std::string out = "<footer>\n";
  if (cut) {
    out +=
        "<p>This page was cut at its longest permitted length; the JSON report has the "
        "rest.</p>\n";
  }
  if (assets.script.empty()) {
    out +=
        "<p>This page has no charts: the rehearse that made it was built without the chart "
        "libraries. <code>scripts/setup charts</code> brings them; then build again.</p>\n";
  } else {
    out +=
        "<p id=\"scriptless\">Scripts are blocked here: the tables hold everything that the charts "
        "show.</p>\n<details><summary>Licences of the chart libraries in this "
        "page</summary>\n<pre>";
    for (const char c : assets.notices) {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    out += "</pre></details>\n";
  }
  return out + "</footer>\n";
}

}  // namespace

std::string html_safe(std::string_view text) {
  return xml_safe(cut_to_width(terminal_safe(text), kLongestText));
}

std::string write_html(const Page& page, const HtmlAssets& assets) {
  HtmlOut body(kMostHtml);
  body.force("<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
  write_header(page, body);
  write_navigation(page, body);
  body.force("<main id=\"main\">\n");
  std::size_t plots = 1;
  for (const Section& section : page.sections) {
    write_section(section, !assets.script.empty(), plots, body);
  }
  body.force("</main>\n");
  const bool cut = body.full();
  std::string out = head(page, assets) + body.take() + footer(assets, cut);
  if (!assets.script.empty()) {
    out += "<script>" + std::string(assets.script) + "</script>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace rehearse::reports
