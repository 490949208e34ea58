#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::cli {

// Data goes to stdout, words for people to stderr.
struct Console {
  bool quiet = false;  // nothing for people but errors
  bool out_is_terminal = false;
  bool err_is_terminal = false;  // and one that can erase a line
  bool color = false;            // of stdout; NO_COLOR and pipes turn it off
  std::size_t width = 100;       // of stdout in columns; COLUMNS, else the terminal's, else 100

  static Console detect();
  // Columns of the terminal behind stderr as it is now, at least 2; 80 where it does not say.
  static std::size_t err_width();

  void out(std::string_view text) const;  // data, as it is
  void say(std::string_view line) const;  // a line for people; nothing where quiet
  // One line for each error, made safe for a terminal: "rehearse: WHERE: WHAT".
  void fail(const Errors& errors) const;
  void fail(const Error& error) const { fail(Errors{error}); }
  // The same, for a verb that ends there: yields exit code 2.
  int refuse(const Errors& errors) const;
};

// Flushes stdout; false where it could not be written (a full disk, a closed pipe).
bool flush_out();
// Whether stdout is a pipe whose reader has gone (`rehearse … | head`): no trouble of ours.
bool reader_has_gone();

}  // namespace rehearse::cli
