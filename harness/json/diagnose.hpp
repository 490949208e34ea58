#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/json/value.hpp"

namespace rehearse::json {

// What a reader had accepted when the text stopped being JSON.
enum class Place { Start, AfterValue, InArray, AfterItem, InObject, AfterKey, AfterMember };

struct Trouble {
  std::size_t offset = 0;  // byte where the text went wrong
  std::string what;        // "expected …, found …"
};

// The first byte at or after `offset` that is neither white space nor part of a comment; past an
// unclosed comment it is the comment's own start.
std::size_t skip_blank(std::string_view text, std::size_t offset, bool comments);

// Says what was expected at `place` and what stands there instead. `accepted` is the end of the
// last accepted token, `stopped` the number of bytes that the lexer had read when it gave up.
struct Stop {
  Place place = Place::Start;
  std::size_t accepted = 0;
  std::size_t stopped = 0;
  bool comments = true;
};
Trouble diagnose(std::string_view text, const Stop& stop);

// The line and column of a byte, both from 1, columns in characters; walks on from `known`.
struct Mark {
  std::size_t offset = 0;
  Position position = {1, 1};
};
Mark advance(std::string_view text, Mark known, std::size_t offset);

}  // namespace rehearse::json
