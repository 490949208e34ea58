#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// A report before it has a format. All texts may come from anywhere (names, notes, failures): they
// are escaped where they are written, never here.
namespace rehearse::reports {

// Code is a line to copy: neither wrapped nor cut.
enum class Tone { Plain, Strong, Dim, Good, Bad, Warn, Code };

struct Text {
  std::string text;
  Tone tone = Tone::Plain;
  std::optional<double> bar{};  // 0 … 1: drawn before the text where every column has room
};

// One line, its parts one after the other.
using Line = std::vector<Text>;

struct Paragraph {
  std::vector<Line> lines;
};

struct Column {
  std::string title;
  bool right = true;
  int rank = 0;  // the highest goes first where the width does not suffice; 0 stays
};
struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Text>> rows;
  std::vector<Line> notes;
  // Where its figures come from: folded away where a format can, left out on a terminal.
  std::vector<Line> details{};
};

// One job: bars over its response time. Seconds after its intended start.
struct Piece {
  double ready_s = 0, started_s = 0, done_s = 0;
  Tone tone = Tone::Plain;
  bool critical = false;
};
struct Bar {
  std::string label;
  unsigned depth = 0;
  double ready_s = 0, started_s = 0, done_s = 0;
  Tone tone = Tone::Plain;
  bool critical = false;
  bool background = false;
  std::string text;             // after the bar
  std::vector<Piece> pieces{};  // the items of a fan-out, which share this row
};
struct Waterfall {
  std::string title;
  double length_s = 0;
  std::vector<Bar> bars;
};

using Block = std::variant<Paragraph, Table, Waterfall>;

struct Document {
  std::string title;
  std::vector<Block> blocks;
};

}  // namespace rehearse::reports
