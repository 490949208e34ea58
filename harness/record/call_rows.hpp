#pragma once

#include <optional>
#include <vector>

#include "harness/record/recorded_call.hpp"
#include "harness/record/sqlite.hpp"

namespace rehearse::record {

// The table of calls, which only a recording has: made by its first call. Private to run files.
class CallRows {
 public:
  // Adds a row, or replaces that of the same id; the SQLite code.
  int save(Database& database, const RecordedCall& call);
  // Before the database is closed.
  void close() { insert_ = Statement(); }

  // All rows by id, none where there is no table; an error where one cannot be decoded, nullopt
  // where the file is damaged.
  static std::optional<Result<std::vector<RecordedCall>>> load(Database& database, bool bodies);

 private:
  Statement insert_;
  bool made_ = false;
};

}  // namespace rehearse::record
