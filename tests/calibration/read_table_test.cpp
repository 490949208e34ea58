#include <catch2/catch.hpp>

#include "mocks/calibration/read_timed_calls.hpp"

using namespace rehearse;
using calibration::parse_timed_calls;

namespace {

std::string first_error(std::string_view text) {
  const auto table = parse_timed_calls(text, "calls.csv");
  return table ? "" : table.error().text();
}

}  // namespace

TEST_CASE("CSV with the usual names is read, what is not known is left out") {
  const auto table = parse_timed_calls(
      "model,ttft_s,latency_s,output_tokens,prompt_tokens,colour,error_code\r\n"
      "\"gpt, 4\",0.5,1.5,101,20,\"say \"\"red\"\"\",\r\n"
      "m2,,250,,,,\n"
      "m2,,,,,,500\n"
      "\n"
      "m2,0.1,0.3,2,1,x,429\n",
      "calls.csv");
  REQUIRE(table.ok());
  REQUIRE(table->calls.size() == 2);
  CHECK(table->calls[0].model == "gpt, 4");
  CHECK(table->calls[0].stream);
  CHECK(table->calls[0].pace_s() == Approx(0.01));
  CHECK_FALSE(table->calls[1].stream);
  CHECK(table->calls[1].pace_s() < 0);
  CHECK(table->failed == 2);
  CHECK(table->errors.at(429) == 1);
  CHECK(table->errors.at(500) == 1);
}

TEST_CASE("JSON arrays and lines are read, a table without models has its file's name") {
  const auto array = parse_timed_calls(
      R"([{"error_code":null,"ttft_s":0.5,"end_to_end_latency_s":1.5,"number_output_tokens":151},
          {"error_code":-100,"error_msg":"Output too few tokens 39","ttft_s":0.1,
           "end_to_end_latency_s":0.9,"number_output_tokens":39},
          {"error_code":429,"ttft_s":0,"end_to_end_latency_s":0}])",
      "somewhere/groq_70b.json");
  REQUIRE(array.ok());
  REQUIRE(array->calls.size() == 2);
  CHECK(array->calls[0].model == "groq_70b");
  CHECK(array->kept_errors == 1);
  CHECK(array->failed == 1);
  const auto lines = parse_timed_calls(
      "{\"duration_ms\":1500,\"operation\":\"image\",\"size\":\"1024x1024\"}\n\n"
      "{\"duration_ms\":2500,\"operation\":\"image\"}\n",
      "images.jsonl");
  REQUIRE(lines.ok());
  REQUIRE(lines->calls.size() == 2);
  CHECK(lines->calls[0].total_s == Approx(1.5));
  CHECK(lines->calls[0].size == "1024x1024");
}

TEST_CASE("what is no table of calls is one clear line with its place") {
  CHECK(first_error("").find("is empty") != std::string::npos);
  CHECK(first_error(" \n\t\n").find("is empty") != std::string::npos);
  CHECK(first_error("a,b\n1,2\n").find("calls.csv:1: expected a recording, JSON, or CSV") == 0);
  CHECK(first_error("latency_s\nfast\n") ==
        "calls.csv:2: expected a number in \"latency_s\", found \"fast\"");
  CHECK(first_error("latency_s,n\n1\n") == "calls.csv:2: expected 2 cells, found 1");
  CHECK(first_error("latency_s\n-1\n").find("calls.csv:2: expected a time from 0") == 0);
  CHECK(first_error("latency_s\nnan\n").find("calls.csv:2: expected a number") == 0);
  CHECK(first_error("ttft_s,latency_s\n2,1\n").find("a first token before the end") !=
        std::string::npos);
  CHECK(first_error("[1]").find("expected an object with the figures of one call") !=
        std::string::npos);
  CHECK_FALSE(first_error("[{\"latency_s\":1}").empty());
  CHECK_FALSE(first_error("{\"latency_s\":}").empty());
  CHECK(first_error("latency_s\n\x1b[31m\n").find('\x1b') == std::string::npos);
}

TEST_CASE("a thousand bad lines are twenty errors") {
  std::string text = "latency_s\n";
  for (int i = 0; i < 1000; ++i) {
    text += "x\n";
  }
  const auto table = parse_timed_calls(text, "calls.csv");
  REQUIRE_FALSE(table.ok());
  CHECK(table.errors().size() == 20);
}

TEST_CASE("a missing file, a folder and an empty recording are said as such") {
  CHECK(calibration::load_timed_calls("no-such.csv", "").error().what == "no such file");
  CHECK(calibration::load_timed_calls("/", "").error().what.find("is no file") == 0);
}
