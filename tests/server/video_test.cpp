#include <catch2/catch.hpp>
#include <thread>

#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_video.hpp"
#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

namespace {

std::unique_ptr<MockServer> serve(const std::string& change = "", double speed = 2000) {
  MockServer::Options out = options(speed);
  out.mounts = {mount("openai", "openai"), mount("gemini", "gemini", change)};
  return start(std::move(out));
}

// Asks until it is done.
wire::gemini::VideoOperation finished(const MockServer& server, const std::string& path) {
  for (int tries = 0; tries < 2'000; ++tries) {
    const auto answer = call(server, "GET", path);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    auto operation = wire::gemini::decode_operation(answer.body);
    REQUIRE(operation.ok());
    if (operation->done) {
      return *operation;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL("the operation did not end");
  return {};
}

std::string body(std::int64_t seconds = 4) {
  wire::gemini::VideoRequest request;
  request.prompt = "a roof in the rain";
  request.seconds = seconds;
  request.count = 2;
  return wire::gemini::encode_video_request(request);
}

const std::string kFast = "models/veo-3.0-fast-generate-001";

}  // namespace

TEST_CASE("a video is a long-running operation in both versions, and its files play") {
  const auto server = serve();
  for (const std::string version : {"/v1", "/v1beta", "/gemini/v1beta"}) {
    const auto begun = call(*server, "POST", version + "/" + kFast + ":predictLongRunning", body());
    INFO(begun.head << begun.body);
    REQUIRE(begun.status == 200);
    const auto operation = wire::gemini::decode_operation(begun.body);
    REQUIRE(operation.ok());
    CHECK_FALSE(operation->done);
    CHECK_THAT(operation->name, Catch::StartsWith(kFast + "/operations/"));
    const auto done = finished(*server, version + "/" + operation->name);
    CHECK(done.name == operation->name);
    CHECK_FALSE(done.error);
    REQUIRE(done.uris.size() == 2);
    CHECK(done.uris[0] != done.uris[1]);
    const std::string path = done.uris[1].substr(done.uris[1].find('/', 8));
    CHECK_THAT(path, Catch::StartsWith(version + "/files/"));
    const auto film = call(*server, "GET", path);
    CHECK(film.status == 200);
    CHECK(film.headers.at("content-type") == "video/mp4");
    CHECK(film.body.substr(4, 4) == "ftyp");
    // As the SDK asks for a file that is at no https: address.
    CHECK(call(*server, "GET", version + "/files/" + done.uris[1] + ":download?alt=media").body ==
          film.body);
  }
  const Stats stats = server->stats();
  REQUIRE(stats.bill_rows.size() == 1);
  CHECK(stats.bill_rows[0].model == "veo-3.0-fast-generate-001");
  CHECK(stats.bill == Money::from_usd(3 * 2 * 4 * 0.15));
}

TEST_CASE("what a video may not be is refused, and unknown ones are not found") {
  const auto server = serve();
  const auto refused = [&](const std::string& parameters) {
    const auto answer = call(*server, "POST", "/v1beta/" + kFast + ":predictLongRunning",
                             R"({"instances":[{"prompt":"x"}],"parameters":)" + parameters + "}");
    CHECK(answer.status == 400);
    return wire::gemini::decode_error(answer.status, answer.body);
  };
  CHECK(refused(R"({"durationSeconds":30})").code == "INVALID_ARGUMENT");
  CHECK_THAT(refused(R"({"aspectRatio":"1:1"})").message, Contains("aspect"));
  CHECK_THAT(refused(R"({"resolution":"8k"})").message, Contains("resolution"));
  CHECK(call(*server, "POST", "/v1beta/" + kFast + ":predictLongRunning", "{}").status == 400);
  CHECK(call(*server, "POST", "/v1beta/models/veo-9:predictLongRunning", body()).status == 404);
  CHECK(call(*server, "GET", "/v1beta/" + kFast + "/operations/abc").status == 404);
  CHECK(call(*server, "GET", "/v1beta/files/abc:download?alt=media").status == 404);
}

TEST_CASE("an operation fails with its reason, and errors meet its creation") {
  const auto failing = serve(R"({ "faults": { "truncated": { "probability": 1,
    "message": "The video was filtered." } } })");
  const auto begun = call(*failing, "POST", "/v1beta/" + kFast + ":predictLongRunning", body());
  const auto done =
      finished(*failing, "/v1beta/" + wire::gemini::decode_operation(begun.body)->name);
  REQUIRE(done.error);
  CHECK(done.error->message == "The video was filtered.");
  CHECK(done.uris.empty());
  const auto busy = serve(R"({ "faults": { "overloaded": { "probability": 1 } } })");
  const auto answer = call(*busy, "POST", "/v1beta/" + kFast + ":predictLongRunning", body());
  CHECK(answer.status == 503);
  CHECK(wire::gemini::decode_error(503, answer.body).code == "UNAVAILABLE");
  const auto limited = serve(R"({ "operations": { "video": { "limits": { "rpm": 1 } } } })");
  CHECK(call(*limited, "POST", "/v1beta/" + kFast + ":predictLongRunning", body()).status == 200);
  const auto second = call(*limited, "POST", "/v1beta/" + kFast + ":predictLongRunning", body());
  CHECK(second.status == 429);
  CHECK_THAT(second.body, Contains("retryDelay"));
}
