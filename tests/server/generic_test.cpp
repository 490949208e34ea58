#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;

namespace {

// The shipped services that give bytes, and a database.
std::unique_ptr<MockServer> start_services(std::function<void(const CallRecord&)> sink = nullptr) {
  MockServer::Options out;
  out.speed = 1000;
  out.sink = std::move(sink);
  out.mounts = {mount("cdn", "cdn", R"({ "operations": { "download": { "bytes": 12345 } } })"),
                mount("storage", "object-storage",
                      R"({ "operations": { "download": { "bytes": 2000003 } } })"),
                mount("web", "web", R"({ "operations": { "fetch": { "bytes": 4001 } } })"),
                mount("backend", "postgres-rest")};
  return start(std::move(out));
}

json::Value read(const RawClient::Answer& answer) {
  INFO(answer.head << answer.body);
  auto value = json::parse(answer.body);
  REQUIRE(value.ok());
  return *value;
}

}  // namespace

TEST_CASE("DELETE with 204 has neither body nor length, and the connection goes on") {
  const auto server = start_services();
  RawClient client(*server);
  client.send(request("DELETE", "/storage/pictures/1.png") + request("GET", "/cdn/a.png"));
  const std::string head = client.until("\r\n\r\n");
  INFO(head);
  CHECK(head.starts_with("HTTP/1.1 204 "));
  CHECK(head.find("content-length") == std::string::npos);
  CHECK(client.answer().body.size() == 12345);
}

TEST_CASE("CDN and object storage give bytes of exactly the size asked, the same each time") {
  const auto server = start_services();
  const auto first = call(*server, "GET", "/cdn/app.js");
  CHECK(first.status == 200);
  CHECK(first.headers.at("content-type") == "application/octet-stream");
  CHECK(first.body.size() == 12345);
  const auto again = call(*server, "GET", "/cdn/app.js");
  CHECK(again.body == first.body);
  CHECK(again.headers.at("etag") == first.headers.at("etag"));
  const auto other = call(*server, "GET", "/cdn/app.css");
  CHECK(other.body != first.body);
  CHECK(other.headers.at("etag") != first.headers.at("etag"));
  CHECK(call(*server, "GET", "/storage/film.mp4").body.size() == 2'000'003);
  const auto page = call(*server, "GET", "/web/index.html");
  CHECK(page.body.size() == 4001);
  CHECK(page.headers.at("content-type") == "text/html");
}

TEST_CASE("HEAD tells the size and the tag that GET has, and bills one byte") {
  std::vector<std::int64_t> moved;
  const auto server =
      start_services([&moved](const CallRecord& seen) { moved.push_back(seen.usage.bytes); });
  RawClient client(*server);
  client.send(request("HEAD", "/storage/film.mp4"));
  const auto head = client.answer(true);
  const auto whole = call(*server, "GET", "/storage/film.mp4");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers.at("content-length") == "2000003");
  CHECK(head.headers.at("etag") == whole.headers.at("etag"));
  server->stop();
  CHECK(moved == std::vector<std::int64_t>{1, 2'000'003});
}

TEST_CASE("what goes up is answered with its size, a service that is only read refuses it") {
  const auto server = start_services();
  const auto put = call(*server, "PUT", "/storage/a.bin", std::string(70'001, 'x'),
                        "content-type: image/png\r\n");
  CHECK(put.status == 200);
  CHECK(read(put).find("bytes")->as_integer() == 70'001);
  CHECK(put.headers.contains("etag"));
  for (const auto* const method : {"PUT", "POST", "DELETE", "PATCH"}) {
    INFO(method);
    CHECK(call(*server, method, "/cdn/app.js", "x").status == 405);
  }
  CHECK(call(*server, "DELETE", "/backend/rows/1").status == 200);
}
