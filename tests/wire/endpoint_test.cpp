#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/endpoint.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

Request get(std::string target) { return {"GET", std::move(target), {}, ""}; }

}  // namespace

TEST_CASE("a path matches segment by segment and names its variables") {
  Endpoint rows{"GET", "/db/{table}/{id}", 200, "application/json", ""};
  const auto found = match(rows, get("/db/users/a%2Fb?x=1"));
  REQUIRE(found.has_value());
  CHECK(found->at("table") == "users");
  CHECK(found->at("id") == "a/b");
  CHECK(match(rows, {"HEAD", "/db/users/1", {}, ""}).has_value());
  CHECK(match(rows, get("/db/users/1/")).has_value());
  for (const char* other : {"/db/users", "/db/users/1/2", "/x/users/1", "/", "", "/db//1"}) {
    INFO(other);
    CHECK_FALSE(match(rows, get(other)).has_value());
  }
  CHECK_FALSE(match(rows, {"POST", "/db/users/1", {}, ""}).has_value());
}

TEST_CASE("a reply repeats what the request holds, escaped") {
  const Endpoint endpoint{"POST", "/v2/{what}", 201, "application/json",
                          R"({"what":"${path.what}","url":"${body.a.0.url}","n":${body.n},)"
                          R"("q":"${query.q}","none":"${body.no}${nothing}"})"};
  const Request request{"POST", "/v2/scr%22ape?q=%5C", {}, R"({"a":[{"url":"x\"y"}],"n":5})"};
  const Response response = render(endpoint, request, 0);
  CHECK(response.status == 201);
  const auto body = json::parse(response.body);
  REQUIRE(body.ok());
  CHECK(body->find("what")->as_string() == "scr\"ape");
  CHECK(body->find("url")->as_string() == "x\"y");
  CHECK(body->find("n")->as_integer() == 5);
  CHECK(body->find("q")->as_string() == "\\");
  CHECK(body->find("none")->as_string().empty());
}

TEST_CASE("filler grows a reply to the asked size and leaves it valid") {
  const Endpoint endpoint;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{100'000}}) {
    const Response response = render(endpoint, {"POST", "/", {}, ""}, bytes);
    CHECK(response.body.size() == std::max<std::size_t>(bytes, 21));
    CHECK(json::parse(response.body).ok());
  }
}

TEST_CASE("an unclosed placeholder stays text") {
  const Endpoint endpoint{"GET", "/", 200, "text/plain", "a ${path.x b"};
  CHECK(render(endpoint, get("/"), 0).body == "a ${path.x b");
}

TEST_CASE("a client's call matches its endpoint and has the asked size") {
  const Endpoint endpoint{"POST", "/rows/{id}/x", 200, "application/json", ""};
  const Request request = encode_endpoint_request(endpoint, 3'000);
  CHECK(request.body.size() == 3'000);
  CHECK(json::parse(request.body).ok());
  CHECK(match(endpoint, request).has_value());
  const Endpoint reading{"GET", "/rows/{id}", 200, "application/json", ""};
  CHECK(encode_endpoint_request(reading, 3'000).body.empty());
}
