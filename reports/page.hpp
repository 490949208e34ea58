#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/json/value.hpp"
#include "reports/document.hpp"

// A report as a page with charts, before it is HTML. As in a Document, all texts may come from
// anywhere and are escaped where they are written.
namespace rehearse::reports {

// One drawing: `data` is what page.js draws from (`kind` names the drawing); the description is
// what a screen reader says in its place.
struct Plot {
  std::string description;
  json::Value data;
};
// Drawings of one thing, and the table that says the same without them.
struct Chart {
  std::string title;
  std::string caption;
  std::vector<Plot> plots;
  Table table;
  bool table_open = false;  // the table stays open beside the drawing
  bool compact = false;     // two of these may stand side by side
};

// One of the numbers at the top.
struct KeyFigure {
  std::string label;
  std::string value;
  std::string detail;
  Tone tone = Tone::Plain;
};

// Text to be copied as it stands, letter by letter.
struct Code {
  std::string title;
  std::string text;
};

using PageBlock = std::variant<Paragraph, Table, Waterfall, Chart, Code>;
struct Section {
  std::string id;  // a word of ours: letters and dashes
  std::string title;
  std::vector<PageBlock> blocks;
};

struct Page {
  std::string kicker;  // what kind of report
  std::string title;
  Paragraph subtitle;
  Text verdict;  // one or two words
  std::string headline;
  Paragraph more;  // what must be known with it
  std::vector<KeyFigure> figures;
  std::vector<Section> sections;
};

}  // namespace rehearse::reports
