#include "harness/record/sqlite.hpp"

namespace rehearse::record {

Result<Database> Database::open(const std::filesystem::path& path, int flags) {
  Database database;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database.database_.reset(raw);
  if (code != SQLITE_OK) {
    return Error{path.string(), "cannot be opened: " + database.message()};
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 5'000);
  return database;
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) !=
      SQLITE_OK) {
    return Error{"", message()};
  }
  return Statement(raw);
}

std::string Database::message() const {
  return database_ ? sqlite3_errmsg(database_.get()) : "out of memory";
}

}  // namespace rehearse::record
