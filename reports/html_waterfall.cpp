#include <algorithm>
#include <cmath>

#include "reports/figures.hpp"
#include "reports/html.hpp"
#include "reports/html_blocks.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kMostBars = 200;
constexpr double kLane = 1000;  // units of a waterfall's width

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

const char* kind_of(Tone tone, bool critical, bool background) {
  return tone == Tone::Bad ? "failed" : critical ? "critical" : background ? "background" : "work";
}

// Sub-lanes of the items of a fan-out, so that those that run beside each other are all seen.
std::vector<std::size_t> lanes_of(const std::vector<Piece>& pieces) {
  constexpr std::size_t kMostLanes = 16;
  std::vector<double> free_at;
  std::vector<std::size_t> out;
  for (const Piece& piece : pieces) {
    const auto lane = std::find_if(free_at.begin(), free_at.end(),
                                   [&](double at) { return at <= piece.started_s + 1e-9; });
    if (lane != free_at.end()) {
      *lane = piece.done_s;
      out.push_back(static_cast<std::size_t>(lane - free_at.begin()));
    } else if (free_at.size() < kMostLanes) {
      out.push_back(free_at.size());
      free_at.push_back(piece.done_s);
    } else {
      out.push_back(out.size() % kMostLanes);
    }
  }
  return out;
}

std::string pieces_lane(const Bar& bar, double length) {
  const std::vector<std::size_t> lanes = lanes_of(bar.pieces);
  const std::size_t most = 1 + *std::max_element(lanes.begin(), lanes.end());
  const double each = most == 1 ? 14 : most <= 4 ? 7 : 5;
  const double height = 2 + each * static_cast<double>(most);
  std::string out = "<svg class=\"pieces\" viewBox=\"0 0 1000 " + decimal(height) + "\" height=\"" +
                    decimal(height * 1.1) + "\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  for (std::size_t i = 0; i < bar.pieces.size(); ++i) {
    const Piece& piece = bar.pieces[i];
    const double top = 1 + each * static_cast<double>(lanes[i]);
    if (piece.started_s > piece.ready_s && most > 1) {
      out += rect("wait", piece.ready_s, piece.started_s, length, top + each / 4, each / 3);
    }
    // A gap tells neighbours apart.
    const double end = std::max(piece.started_s, piece.done_s - length * 0.003);
    out += rect(kind_of(piece.tone, piece.critical, bar.background), piece.started_s, end, length,
                top, each - (most == 1 ? 0 : 1));
  }
  return out + "</svg>";
}

bool only_waits(const Bar& bar) {
  return bar.started_s > bar.ready_s && bar.done_s <= bar.started_s && bar.pieces.empty();
}

std::string lane(const Bar& bar, double length) {
  if (!bar.pieces.empty()) {
    return pieces_lane(bar, length);
  }
  std::string out =
      "<svg viewBox=\"0 0 1000 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"rail\" y=\"7\" width=\"1000\" height=\"2\"/>";
  if (bar.started_s > bar.ready_s) {
    out += rect("wait", bar.ready_s, bar.started_s, length, 5, 6);
  }
  if (only_waits(bar)) {
    return out + "</svg>";
  }
  return out +
         rect(kind_of(bar.tone, bar.critical, bar.background), bar.started_s, bar.done_s, length, 1,
              14) +
         "</svg>";
}

std::string waterfall_row(const Bar& bar, double length) {
  const std::string depth = "d" + std::to_string(std::min(bar.depth, 3u));
  std::string said = ", ready at " + seconds(bar.ready_s);
  said += bar.critical ? ", on the critical path" : "";
  if (bar.started_s > bar.ready_s && bar.pieces.empty()) {
    said += ", " + seconds(bar.started_s - bar.ready_s) + " of it waiting";
  }
  return "<tr><th scope=\"row\"" +
         class_of(false, bar.critical ? Tone::Strong : Tone::Plain, bar.depth == 0 ? "" : depth) +
         ">" + breakable(html_safe(bar.label)) + "</th><td class=\"lane\">" + lane(bar, length) +
         "</td><td" + class_of(true, bar.tone, "time") + ">" + html_safe(bar.text) +
         "<span class=\"said\">" + html_safe(said) + "</span></td></tr>\n";
}

std::string legend_entry(const char* kind, const char* text) {
  return std::string("<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"") + kind +
         "\" width=\"10\" height=\"10\"/></svg>" + text + "</li>";
}

// What of the kinds there is.
std::string legend(const Waterfall& waterfall) {
  bool critical = false, work = false, background = false, wait = false, failed = false;
  for (const Bar& bar : waterfall.bars) {
    failed = failed || bar.tone == Tone::Bad;
    critical = critical || bar.critical;
    background = background || (bar.background && !bar.critical);
    work = work || (!bar.critical && !bar.background && bar.tone != Tone::Bad && !only_waits(bar));
    wait = wait || bar.started_s > bar.ready_s;
    for (const Piece& piece : bar.pieces) {
      work = work || (!piece.critical && !bar.background && piece.tone != Tone::Bad);
      wait = wait || piece.started_s > piece.ready_s;
    }
  }
  return "<ul class=\"legend\">" +
         (critical ? legend_entry("critical", "on the critical path") : "") +
         (work ? legend_entry("work", "beside it") : "") +
         (background ? legend_entry("background", "in the background") : "") +
         (wait ? legend_entry("wait", "waiting") : "") +
         (failed ? legend_entry("failed", "failed") : "") + "</ul>\n";
}

}  // namespace

void write_html_waterfall(const Waterfall& waterfall, HtmlOut& out) {
  const std::string title = html_safe(waterfall.title);
  const bool added =
      out.add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + title +
              "\">\n<table class=\"waterfall\"><caption>" + title +
              "</caption>\n<thead><tr><th scope=\"col\">stage</th><th scope=\"col\" "
              "class=\"scale\"><span>0</span> "
              "<span>" +
              seconds(waterfall.length_s) +
              "</span></th><th scope=\"col\" class=\"time r\">took</th></tr></thead>\n<tbody>\n");
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
  out.force(legend(waterfall));
}

}  // namespace rehearse::reports
