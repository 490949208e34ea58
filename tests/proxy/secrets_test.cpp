#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "harness/proxy/recording_writer.hpp"
#include "harness/proxy/request_head.hpp"
#include "harness/wire/call_observer.hpp"
#include "tests/net/raw_server.hpp"
#include "tests/proxy/support.hpp"

using namespace rehearse;
namespace fs = std::filesystem;

TEST_CASE("no key reaches a recording, with bodies or without") {
  const bool bodies = GENERATE(false, true);
  constexpr char kKey[] = "sk-proj-abc123DEFkey";
  test::RawServer server([&](test::RawConnection& connection) {
    connection.request();
    connection.answer(R"({"error":{"message":"Incorrect API key: sk-proj-abc123DEFkey"}})",
                      "x-request-id: sk-proj-abc123DEFkey\r\nset-cookie: "
                      "sk-proj-abc123DEFkey\r\n");
    connection.drain();
  });
  const fs::path path =
      fs::temp_directory_path() / ("rehearse-secrets-" + std::to_string(getpid()) + ".rehearsal");
  fs::remove(path);
  {
    auto file = record::RunWriter::create(path);
    REQUIRE(file.ok());
    proxy::RecordingWriter writer(**file);
    test::ProxyUnderTest proxy(server.url(), bodies);
    test::RawClient client(proxy.port());
    const std::string body = R"({"model":"gpt-4o","key":"sk-proj-abc123DEFkey"})";
    client.send(
        "POST /v1/chat/completions?key=sk-proj-abc123DEFkey&x=1 HTTP/1.1\r\nHost: x\r\n"
        "authorization: Bearer sk-proj-abc123DEFkey\r\nx-api-key: sk-proj-abc123DEFkey\r\n"
        "Connection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    std::string text;
    client.rest(text);
    for (record::RecordedCall& call : proxy.ended(1)) {
      CHECK(call.model == "gpt-4o");
      CHECK(call.request_body.empty() != bodies);
      writer.call_seen(std::move(call));
    }
    writer.finish();
    REQUIRE((*file)->close().ok());
  }
  const auto calls = record::load_calls(path, true);
  REQUIRE(calls.ok());
  REQUIRE(calls->size() == 1);
  CHECK((*calls)[0].path == "/v1/chat/completions");
  std::ifstream stream(path, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(stream), {});
  CHECK(all.find(kKey) == std::string::npos);
  CHECK(all.find("gpt-4o") != std::string::npos);
  fs::remove(path);
}

TEST_CASE("a recording without an end can be read up to its last commit") {
  const fs::path path =
      fs::temp_directory_path() / ("rehearse-killed-" + std::to_string(getpid()) + ".rehearsal");
  fs::remove(path);
  record::RecordedCall call;
  call.id = 1;
  call.model = "m";
  call.chunks = {{Duration::milliseconds(3), 7, 1}, {Duration::milliseconds(9), 2, 0}};
  auto file = record::RunWriter::create(path);
  REQUIRE(file.ok());
  (*file)->save_call(call);
  call.end = record::CallEnd::Answered;
  (*file)->save_call(call);  // the same call again replaces what was told before
  (*file)->commit();
  const auto calls = record::load_calls(path);  // beside the writer, as after a kill
  REQUIRE(calls.ok());
  REQUIRE(calls->size() == 1);
  CHECK((*calls)[0] == call);
  file->reset();
  for (const char* ending : {"", "-wal", "-shm"}) {
    fs::remove(path.string() + ending);
  }
}

TEST_CASE("what in a path may be a key is not kept") {
  CHECK(wire::shown_path("/v1/chat/completions?key=abc") == "/v1/chat/completions");
  CHECK(wire::shown_path("/hooks/T024BE7LD0abcdefgh12345/x") == "/hooks/*/x");
  CHECK(wire::shown_path("/bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/send") == "/*/send");
  CHECK(wire::shown_path("/v1beta/models/gemini-2.0-flash:generateContent") ==
        "/v1beta/models/gemini-2.0-flash:generateContent");
  CHECK(wire::operation_of("/v1beta/models/gemini-2.0-flash:generateContent") == "chat");
  CHECK(wire::operation_of("/rest/v1/users/12345678") == "users");
  CHECK(wire::operation_of("/") == "root");
}

TEST_CASE("only limits, advice and request ids of an answer's headers are kept") {
  CHECK(proxy::is_kept_header("X-RateLimit-Remaining-Tokens"));
  CHECK(proxy::is_kept_header("anthropic-ratelimit-requests-limit"));
  CHECK(proxy::is_kept_header("Retry-After"));
  CHECK_FALSE(proxy::is_kept_header("set-cookie"));
  CHECK_FALSE(proxy::is_kept_header("openai-organization"));
}
