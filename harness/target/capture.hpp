#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include "harness/target/command.hpp"

namespace rehearse::target {

// Keeps the end of an output in memory and its beginning in a file; never grows past its limits.
class Capture {
 public:
  struct Limits {
    std::size_t kept = 0;
    std::uint64_t file = 0;
  };
  Capture(const std::filesystem::path& file, Limits limits) : limits_(limits) {
    if (!file.empty()) {
      file_.open(file, std::ios::binary | std::ios::trunc);
      failed_ = !file_;
    }
  }
  // Whether the file could not be created.
  bool failed() const { return failed_; }
  void append(std::string_view bytes) {
    if (file_.is_open() && output_.bytes < limits_.file) {
      const std::uint64_t room = limits_.file - output_.bytes;
      file_ << bytes.substr(0, room);
    }
    output_.bytes += bytes.size();
    output_.tail += bytes;
    if (output_.tail.size() > 2 * limits_.kept + 4096) {
      cut();
    }
  }
  Output take() {
    cut();
    file_.close();
    return std::move(output_);
  }

 private:
  void cut() {
    if (output_.tail.size() > limits_.kept) {
      output_.tail.erase(0, output_.tail.size() - limits_.kept);
    }
  }
  Limits limits_;
  std::ofstream file_;
  bool failed_ = false;
  Output output_;
};

}  // namespace rehearse::target
