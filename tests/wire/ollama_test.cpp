#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/ollama.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using namespace rehearse::wire;
using ollama::Api;

TEST_CASE("an Ollama request survives the wire by both ways") {
  ChatRequest request;
  request.model = "llama3";
  request.messages = {{"system", "s", 0, {}, ""}, {"user", "hi", 0, {}, ""}};
  request.max_output_tokens = 12;
  request.include_usage = true;
  request.format = TextFormat::JsonObject;
  request.keep_alive = 300_s;
  for (const bool stream : {false, true}) {
    request.stream = stream;
    for (const Api api : {Api::Chat, Api::Generate}) {
      const auto back = ollama::decode_request(ollama::encode_request(request, api), api);
      REQUIRE(back.ok());
      CHECK(*back == request);
    }
  }
}

TEST_CASE("Ollama streams unless it is told not to, and limits may be missing or negative") {
  const auto request = ollama::decode_request(
      R"({"model":"m","messages":[],"options":{"num_predict":-1},"keep_alive":-1})", Api::Chat);
  REQUIRE(request.ok());
  CHECK(request->stream);
  CHECK_FALSE(request->max_output_tokens.has_value());
  CHECK(*request->keep_alive > 1'000'000_s);
  CHECK(*ollama::decode_request(R"({"model":"m","keep_alive":"5m"})", Api::Chat)->keep_alive ==
        300_s);
  CHECK(*ollama::decode_request(R"({"model":"m","keep_alive":0})", Api::Chat)->keep_alive == 0_s);
}

TEST_CASE("bad Ollama requests are refused") {
  for (const char* bad :
       {"", "{}", R"({"model":"m","messages":5})", R"({"model":"m","format":"xml"})",
        R"({"model":"m","keep_alive":"soon"})", R"({"model":"m","options":{"num_predict":"x"}})"}) {
    INFO(bad);
    CHECK_FALSE(ollama::decode_request(bad, Api::Chat).ok());
  }
}

TEST_CASE("lines carry text, and the last one its reason and durations that add up") {
  for (const Api api : {Api::Chat, Api::Generate}) {
    const ollama::Line piece{"m", {}, "he\"y", false, "", {}, {}};
    CHECK(*ollama::decode_line(ollama::encode_line(piece, api), api) == piece);
    const ollama::Line last{"m", {}, "", true, "length", {1_s, 20_ms, 3_s}, {7, 0, 90, 0}};
    const std::string text = ollama::encode_line(last, api);
    CHECK(*ollama::decode_line(text, api) == last);
    CHECK(json::parse(text)->find("total_duration")->as_integer() == 4'020'000'000);
  }
  const std::string warm = ollama::encode_line({"m", {}, "", true, "", {}, {}}, Api::Chat);
  CHECK(warm.find("load_duration") == std::string::npos);
  CHECK(warm.find("\"done_reason\":\"stop\"") != std::string::npos);
}

TEST_CASE("an Ollama error is a text, in a body and in a stream") {
  const std::string error = ollama::encode_error("server busy");
  CHECK(error == R"({"error":"server busy"})");
  const auto line = ollama::decode_line(error, Api::Chat);
  REQUIRE_FALSE(line.ok());
  CHECK(line.error().what == "server busy");
  CHECK_FALSE(ollama::decode_line("{", Api::Generate).ok());
}

TEST_CASE("the list of local models survives the wire") {
  const std::vector<ollama::LocalModel> models = {{"llama3:8b", 4'700'000'000}};
  CHECK(*ollama::decode_tags(ollama::encode_tags(models)) == models);
}
