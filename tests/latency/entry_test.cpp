#include <cmath>

#include "tests/latency/support.hpp"

using namespace rehearse;
using namespace rehearse::latency;

namespace {

std::string chat_with(std::string_view more) {
  return R"({ "chat": { "first_token": { "uniform": ["1s", "2s"] },
    "per_output_token": { "uniform": ["10ms", "20ms"] })" +
         std::string(more) + " } }";
}

std::string all_errors(std::string_view text) {
  const auto made = try_profile(text);
  REQUIRE_FALSE(made.ok());
  std::string out;
  for (const Error& error : made.errors()) {
    out += error.text() + '\n';
  }
  return out;
}

std::string endpoint_errors(std::string_view endpoint) {
  return all_errors(R"({ "dated": "2026-11-21", "prices": "free", "operations": { "search": {
    "time": "1s", "endpoint": )" +
                    std::string(endpoint) + " } } }");
}

}  // namespace

TEST_CASE("first content and pace of a call go together as the profile says, each as before") {
  ProviderModel model(
      profile_of(
          chat_with(R"(, "pace_given_first": [[0.9, 0.1, 0], [0, 0.9, 0.1], [0.1, 0, 0.9]])")),
      {});
  CallFeatures features = chat(10, 101);
  features.stream = true;
  double fields[3][3] = {};
  double sum = 0;
  constexpr int kCalls = 30'000;
  for (std::uint64_t job = 0; job < kCalls; ++job) {
    const Plan plan = plan_of(model, key_of(job), features);
    const double first = plan.first_token.count_s() - 1;
    const double pace = (plan.total - plan.first_token).count_s() - 1;
    fields[static_cast<int>(first * 3)][static_cast<int>(pace * 3 * 0.999999)] += 1;
    sum += pace;
  }
  CHECK(sum / kCalls == Approx(0.5).margin(0.007));  // 4 s.e. of a uniform mean
  const double wanted[3][3] = {{0.9, 0.1, 0}, {0, 0.9, 0.1}, {0.1, 0, 0.9}};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      CAPTURE(i, j);
      CHECK(fields[i][j] / (kCalls / 3) == Approx(wanted[i][j]).margin(0.015));
    }
  }
}

TEST_CASE("shares that go together with even chances change no call of a profile without them") {
  ProviderModel plain(profile_of(chat_with("")), {});
  ProviderModel even(profile_of(chat_with(R"(, "pace_given_first": [[0.5, 0.5], [0.5, 0.5]])")),
                     {});
  for (std::uint64_t job = 0; job < 200; ++job) {
    const Plan a = plan_of(plain, key_of(job), chat(10, 101));
    const Plan b = plan_of(even, key_of(job), chat(10, 101));
    CHECK(a.total.count_s() == Approx(b.total.count_s()).epsilon(1e-9));
  }
}

TEST_CASE("shares that are no copula are refused") {
  for (const char* const shares :
       {"[]", "[[1]]", "[[0.5, 0.5]]", "[[0.9, 0.1], [0.9, 0.1]]", "[[1, 0], [0, 0.5]]",
        "[[1.5, -0.5], [-0.5, 1.5]]", R"([["a", 1], [1, 0]])", "3"}) {
    INFO(shares);
    const std::string said =
        all_errors(R"({ "dated": "2026-11-21", "prices": "free", "operations": )" +
                   chat_with(R"(, "pace_given_first": )" + std::string(shares)) + " }");
    CHECK_THAT(said, Catch::Contains("/operations/chat/pace_given_first"));
  }
}

TEST_CASE("an endpoint is read with its method, path, status, headers and reply") {
  const auto profile = profile_of(R"({ "search": { "time": "1s", "endpoint": {
    "method": "POST", "path": "/collections/{name}/search", "status": 201,
    "headers": { "x-took": "3" }, "reply": { "of": "${path.name}", "hits": [] } } },
    "page": { "time": "1s", "endpoint": { "path": "/p/{rest*}", "reply": "<p>${path.rest}</p>" } },
    "gone": { "time": "1s", "endpoint": { "method": "DELETE", "path": "/p", "status": 204 } } })");
  const Endpoint& search = *profile->find("search", "")->endpoint;
  CHECK(search.method == "POST");
  CHECK(search.status == 201);
  CHECK(search.content_type == "application/json");
  CHECK(search.reply == R"({"of":"${path.name}","hits":[]})");
  CHECK(search.headers.at(0).second == "3");
  const Endpoint& page = *profile->find("page", "")->endpoint;
  CHECK(page.method == "GET");
  CHECK(page.content_type == "text/plain");
  CHECK(page.reply == "<p>${path.rest}</p>");
  CHECK(profile->find("gone", "")->endpoint->reply.empty());
}

TEST_CASE("what is wrong with an endpoint is said at its place") {
  using Catch::Contains;
  CHECK_THAT(endpoint_errors("{}"), Contains("expected \"path\""));
  CHECK_THAT(endpoint_errors("3"), Contains("/operations/search/endpoint"));
  for (const char* const path : {"rows", "/a b", "/a?x=1", "/x{id}", "/{id}x", "/{}", "/{a{b}}",
                                 "/{rest*}/more", "/{a*}/"}) {
    INFO(path);
    CHECK_THAT(endpoint_errors(R"({ "path": ")" + std::string(path) + "\" }"),
               Contains("/endpoint/path"));
  }
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "method": "FETCH" })"), Contains("method"));
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "status": 500 })"), Contains("status"));
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "status": 204, "reply": "x" })"), Contains("204"));
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "headers": { "a b": "c" } })"), Contains("a b"));
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "headers": { "a": "c\r\nset-cookie: d" } })"),
             Contains("headers/a"));
  CHECK_THAT(endpoint_errors(R"({ "path": "/", "replay": 1 })"), Contains("reply"));
}
