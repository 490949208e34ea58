#include "harness/record/call_rows.hpp"

namespace rehearse::record {
namespace {

constexpr char kCallsSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS calls(
  call INTEGER PRIMARY KEY,
  text TEXT NOT NULL,    -- JSON: recorded_call.hpp
  chunks BLOB NOT NULL,  -- instants and sizes of the answer's pieces
  request BLOB NOT NULL, response BLOB NOT NULL);  -- empty but for --bodies
)sql";

}  // namespace

int CallRows::save(Database& database, const RecordedCall& call) {
  if (!made_) {
    const int made = database.execute(kCallsSchema);
    Result<Statement> insert =
        database.prepare("INSERT OR REPLACE INTO calls VALUES(?1,?2,?3,?4,?5)");
    if (made != SQLITE_OK || !insert.ok()) {
      return SQLITE_ERROR;
    }
    insert_ = std::move(insert).value();
    made_ = true;
  }
  const std::string text = encode_call(call);
  const std::string chunks = encode_chunks(call);
  insert_.bind(1, static_cast<std::int64_t>(call.id));
  insert_.bind_text(2, text);
  insert_.bind_blob(3, chunks);
  insert_.bind_blob(4, call.request_body);
  insert_.bind_blob(5, call.response_body);
  return insert_.run();
}

std::optional<Result<std::vector<RecordedCall>>> CallRows::load(Database& database, bool bodies) {
  std::vector<RecordedCall> calls;
  Result<Statement> exists =
      database.prepare("SELECT count(*) FROM sqlite_master WHERE name='calls'");
  if (!exists.ok() || exists.value().step() != SQLITE_ROW) {
    return std::nullopt;
  }
  if (exists.value().integer(0) == 0) {
    return calls;
  }
  Result<Statement> select =
      database.prepare(bodies ? "SELECT text, chunks, request, response FROM calls ORDER BY call"
                              : "SELECT text, chunks FROM calls ORDER BY call");
  if (!select.ok()) {
    return std::nullopt;
  }
  Statement& row = select.value();
  int code = row.step();
  for (; code == SQLITE_ROW; code = row.step()) {
    Result<RecordedCall> call = decode_call(row.bytes(0), row.bytes(1));
    if (!call.ok()) {
      return call.errors();
    }
    if (bodies) {
      call.value().request_body = row.bytes(2);
      call.value().response_body = row.bytes(3);
    }
    calls.push_back(std::move(call).value());
  }
  if (code != SQLITE_DONE) {
    return std::nullopt;
  }
  return calls;
}

}  // namespace rehearse::record
