#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rehearse::test {

// The built program with a pseudo-terminal as its controlling terminal and stderr; stdout goes to a
// file. Killed with the object, if it still runs.
class Terminal {
 public:
  struct Options {
    std::string folder;  // to run in
    unsigned columns = 80;
    std::string term = "xterm";
    bool err_on_terminal = true;  // false: err.txt in the folder
  };
  Terminal(const Options& options, const std::vector<std::string>& words);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  // Reads until the screen got `text`; false where the program ended, or 20 s passed, without it.
  bool wait_for(const std::string& text);
  // Presses Ctrl-C: the terminal itself makes a SIGINT of it.
  void press_ctrl_c();
  // Reads to the end; the exit code, or -1 where a signal ended it.
  int finish();

  // All that was written to the terminal.
  const std::string& screen() const { return screen_; }
  // What stood in its last row, row by row as it was drawn: without "\r" and the erasing.
  std::vector<std::string> drawn() const;

 private:
  bool read_some();
  int master_ = -1;
  pid_t pid_ = -1;
  std::string screen_;
};

}  // namespace rehearse::test
