#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::load {

// Cuts a file into records as a stream: never more than one record and a block are in memory.
class RecordSplitter {
 public:
  enum class Kind {
    Lines,      // of text or JSON; empty ones are passed over
    CsvLines,   // the same, but line ends inside quotes belong to their record
    Array,      // the elements of the outermost JSON array
    SpanArrays  // the elements of every JSON array called "spans", wherever it stands
  };
  static constexpr std::size_t kLongest = 16u << 20;  // bytes of a record

  // Errors of next() where the file cannot be read.
  RecordSplitter(const std::filesystem::path& path, Kind kind);

  // The next record; false at the end. Its text is good until the next call. Errors: a record past
  // kLongest, JSON that ends too early.
  Result<bool> next(std::string_view& record);
  // Of the record, from 1: its line, or its place among the elements.
  std::uint64_t number() const { return number_; }

 private:
  int get();
  Result<bool> next_line(std::string_view& record);
  Result<bool> next_element(std::string_view& record);
  bool find_array();
  Result<bool> take_element(int first, std::string_view& record);

  std::ifstream stream_;
  Kind kind_;
  std::vector<char> block_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  std::string record_;
  std::uint64_t number_ = 0;
  std::uint64_t line_ = 0;
  bool inside_ = false;  // an array whose elements are records
  bool found_any_ = false;
};

// The fields of one CSV record (RFC 4180 quotes).
std::vector<std::string> csv_fields(std::string_view record);

}  // namespace rehearse::load
