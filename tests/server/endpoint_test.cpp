#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;

namespace {

// A vector database and a queue as a profile describes them, beside OpenAI.
constexpr const char* kDescribed = R"({
  "dated": "2026-11-21", "prices": "free",
  "operations": {
    "query": null, "insert": null, "upload": null,
    "search": { "kind": "generic", "time": "20ms", "bytes": 3000,
      "endpoint": { "method": "POST", "path": "/collections/{name}/points/search",
        "headers": { "x-engine": "described" },
        "reply": { "id": "${id}", "collection": "${path.name}", "limit": "${body.limit}",
                   "with": "${query.with}", "payload": "${filler}" } } },
    "get": { "kind": "generic", "time": "10ms", "bytes": 400,
      "endpoint": { "path": "/points/{id}",
        "reply": { "point": "${path.id}", "text": "${filler}" } } },
    "remove": { "kind": "generic", "time": "5ms",
      "endpoint": { "method": "DELETE", "path": "/points/{id}", "status": 204 } },
    "send": { "kind": "generic", "time": "5ms",
      "endpoint": { "method": "POST", "path": "/queues/{queue*}", "status": 202,
        "content_type": "text/plain", "reply": "queued ${path.queue}" } } } })";

std::unique_ptr<MockServer> start_described(std::function<void(const CallRecord&)> sink = nullptr) {
  MockServer::Options out = options();
  out.sink = std::move(sink);
  out.mounts[2] = mount("vectors", "postgres-rest", kDescribed);
  return start(std::move(out));
}

}  // namespace

TEST_CASE("a described endpoint answers where it is described, from what it is asked") {
  const auto server = start_described();
  const std::string asked = R"({"vector":[1,2],"limit":7})";
  for (const std::string base : {"/vectors", ""}) {  // below its mount, and at the root
    const auto found =
        call(*server, "POST", base + "/collections/posts/points/search?with=payload", asked);
    INFO(found.head << found.body);
    REQUIRE(found.status == 200);
    CHECK(found.headers.at("content-type") == "application/json");
    CHECK(found.headers.at("x-engine") == "described");
    CHECK(found.body.size() == 3000);
    const auto body = json::parse(found.body);
    REQUIRE(body.ok());
    CHECK(body->find("collection")->as_string() == "posts");
    CHECK(body->find("limit")->as_integer() == 7);
    CHECK(body->find("with")->as_string() == "payload");
    CHECK(body->find("id")->as_string().size() == 16);
    CHECK(
        call(*server, "POST", base + "/collections/posts/points/search?with=payload", asked).body ==
        found.body);
  }
  const auto sent = call(*server, "POST", "/queues/a/b", "{}");
  CHECK(sent.status == 202);
  CHECK(sent.body == "queued a/b");
  CHECK(sent.headers.at("content-type") == "text/plain");
  const auto removed = call(*server, "DELETE", "/points/9");
  CHECK(removed.status == 204);
  CHECK(removed.body.empty());
}

TEST_CASE("HEAD of a described endpoint tells the length that GET has") {
  const auto server = start_described();
  const auto whole = call(*server, "GET", "/points/12");
  CHECK(whole.body.size() == 400);
  RawClient client(*server);
  client.send(request("HEAD", "/points/12"));
  const auto head = client.answer(true);
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "400");
}

TEST_CASE("a path that is not described is not found, another method is not allowed") {
  const auto server = start_described();
  CHECK(call(*server, "PUT", "/vectors/points/12", "{}").status == 405);
  CHECK(call(*server, "GET", "/vectors/queues/a").status == 405);
  CHECK(call(*server, "GET", "/vectors/rows/1").status == 404);
  CHECK(call(*server, "GET", "/vectors/get/more").status == 404);
  // The other mounts are where they were.
  CHECK(call(*server, "GET", "/v1/models").status == 200);
  CHECK(call(*server, "GET", "/api/tags").status == 200);
}

TEST_CASE("what a described endpoint moves is what it replies, else what it was sent") {
  std::vector<std::pair<std::string, std::int64_t>> moved;
  const auto server = start_described(
      [&moved](const CallRecord& seen) { moved.emplace_back(seen.operation, seen.usage.bytes); });
  CHECK(call(*server, "GET", "/points/12").status == 200);
  CHECK(call(*server, "POST", "/queues/a", std::string(5'000, 'x')).status == 202);
  // A call of rehearse itself names its operation and says what it moves.
  const auto own =
      call(*server, "POST", "/vectors/search", "{}", "x-rehearse-call: 1/0/find/0/0;bytes=900\r\n");
  CHECK(own.status == 200);
  CHECK(own.body.size() == 900);
  server->stop();
  CHECK(moved == std::vector<std::pair<std::string, std::int64_t>>{
                     {"get", 400}, {"send", 5'000}, {"search", 900}});
}
