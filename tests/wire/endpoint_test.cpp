#include <catch2/catch.hpp>
#include <optional>

#include "harness/json/read.hpp"
#include "harness/wire/endpoint.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

// Where method and path match, what the path's variables stand for.
std::optional<PathValues> match(const Endpoint& endpoint, const Request& request) {
  PathValues values;
  return match_method(endpoint, request.method) && match_path(endpoint, request.target, &values)
             ? std::optional(values)
             : std::nullopt;
}

Response answer(const Endpoint& endpoint, const Request& request, std::size_t bytes) {
  return render(
      endpoint,
      {match(endpoint, request).value_or(PathValues()), request.target, request.body, "id-7"},
      bytes);
}

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
  const Response response = answer(endpoint, request, 0);
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
    const Response response = answer(endpoint, {"POST", "/", {}, ""}, bytes);
    CHECK(response.body.size() == std::max<std::size_t>(bytes, 21));
    CHECK(json::parse(response.body).ok());
  }
}

TEST_CASE("an unclosed placeholder stays text") {
  const Endpoint endpoint{"GET", "/", 200, "text/plain", "a ${path.x b"};
  CHECK(answer(endpoint, get("/"), 0).body == "a ${path.x b");
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

TEST_CASE("a name with a star takes all segments that follow, one at least") {
  const Endpoint files{"GET", "/bucket/{key*}", 200, "text/plain", "${path.key}"};
  CHECK(answer(files, get("/bucket/a/b%20c/d.png?x=1"), 0).body == "a/b c/d.png");
  CHECK(match(files, get("/bucket/a")).has_value());
  CHECK_FALSE(match(files, get("/bucket")).has_value());
  CHECK_FALSE(match(files, get("/bucket/")).has_value());
}

TEST_CASE("a placeholder alone in quotes keeps what is no string as it is, in JSON only") {
  Endpoint echo{"POST", "/", 200, "application/json; charset=utf-8",
                R"({"n":"${body.n}","list":"${body.list}","text":"${body.t}","in":"<${body.n}>",)"
                R"("no":"${body.none}","id":"${id}"})"};
  const Request request{"POST", "/", {}, R"({"n":5,"list":[1,{"a":null}],"t":"5"})"};
  CHECK(answer(echo, request, 0).body ==
        R"({"n":5,"list":[1,{"a":null}],"text":"5","in":"<5>","no":"","id":"id-7"})");
  echo.content_type = "text/csv";
  echo.reply = "\"${body.n}\"";
  CHECK(answer(echo, request, 0).body == "\"5\"");
  const Request broken{"POST", "/", {}, "not json"};
  CHECK(answer(echo, broken, 0).body == "\"\"");
}

TEST_CASE("headers of an endpoint come with its answer") {
  Endpoint endpoint;
  endpoint.headers = {{"etag", "\"v1\""}, {"cache-control", "max-age=60"}};
  const Response response = answer(endpoint, {"POST", "/", {}, ""}, 0);
  CHECK(response.headers.get("ETag") == "\"v1\"");
  CHECK(response.headers.get("cache-control") == "max-age=60");
}
