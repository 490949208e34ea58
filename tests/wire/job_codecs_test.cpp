#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/firecrawl.hpp"
#include "harness/wire/replicate.hpp"
#include "harness/wire/runway.hpp"

using namespace rehearse;
using namespace rehearse::wire;
using namespace rehearse::literals;

TEST_CASE("a prediction request reads back as it was written") {
  replicate::PredictionRequest request;
  request.version = "abc";
  request.input = *json::parse(R"({"prompt":"a \"bee\"","n":[1,2]})");
  request.webhook = "http://127.0.0.1:1/x";
  request.events = {"start", "completed"};
  request.stream = true;
  const auto back = replicate::decode_request(replicate::encode_request(request));
  REQUIRE(back.ok());
  CHECK(*back == request);
  for (const char* wrong : {"", "[]", "{}", R"({"input":3})", R"({"input":{},"version":7})",
                            R"({"input":{},"webhook_events_filter":[1]})"}) {
    INFO(wrong);
    CHECK(!replicate::decode_request(wrong));
  }
}

TEST_CASE("a wait is preferred for 60 s, or for as long as is said, at most 60") {
  CHECK(replicate::prefer_wait("wait") == 60_s);
  CHECK(replicate::prefer_wait("wait=5, respond-async") == 5_s);
  CHECK(replicate::prefer_wait("wait=900") == 60_s);
  CHECK(replicate::prefer_wait("wait=-1") == 1_s);
  CHECK(!replicate::prefer_wait(""));
  CHECK(!replicate::prefer_wait("wait=soon"));
  CHECK(!replicate::prefer_wait("return=minimal"));
}

TEST_CASE("a prediction says what a client needs, and is JSON whatever its texts hold") {
  replicate::Prediction p;
  p.id = "abc";
  p.model = "o/n";
  p.status = "succeeded";
  p.input_json = R"({"prompt":"bees"})";
  p.output_json = R"(["data:image/png;base64,AA=="])";
  p.logs = "line\n\"two\"";
  p.created = Instant() + 100_s;
  p.started = Instant() + 101_s;
  p.completed = Instant() + 103_s;
  p.url = "http://h/replicate/v1";
  const std::string text = replicate::encode_prediction(p);
  const auto value = json::parse(text);
  REQUIRE(value.ok());
  CHECK(json::pointer_find(*value, "/metrics/predict_time")->as_double() == 2);
  CHECK(json::pointer_find(*value, "/metrics/total_time")->as_double() == 3);
  CHECK(json::pointer_find(*value, "/urls/cancel")->as_string() ==
        "http://h/replicate/v1/predictions/abc/cancel");
  CHECK(value->find("error")->is_null());
  const auto back = replicate::decode_prediction(text);
  REQUIRE(back.ok());
  CHECK(back->output_json == p.output_json);
  CHECK(back->url == p.url);
  CHECK(back->logs == p.logs);
  p.output_json.clear();
  p.completed.reset();
  CHECK(json::parse(replicate::encode_prediction(p))->find("output")->is_null());
}

TEST_CASE("tasks read back, running, done and failed") {
  runway::TaskRequest request{"gen4_turbo", "bees", "1280:720", 5};
  CHECK(*runway::decode_request(runway::encode_request(request)) == request);
  CHECK(!runway::decode_request("{}"));
  CHECK(!runway::decode_request(R"({"model":"m","duration":0})"));
  runway::Task task{"id", "RUNNING", Instant(), 0.5, "", "", ""};
  CHECK(*runway::decode_task(runway::encode_task(task)) == task);
  task = {"id", "SUCCEEDED", Instant(), 0, R"(["http://x/y.mp4"])", "", ""};
  CHECK(*runway::decode_task(runway::encode_task(task)) == task);
  task = {"id", "FAILED", Instant(), 0, "", "why", "CODE"};
  CHECK(*runway::decode_task(runway::encode_task(task)) == task);
}

TEST_CASE("pages and hits read back, in both versions") {
  firecrawl::Page page{"https://a.b/c", "T", "D", "# T", "<p>", {"https://a.b/d"}};
  CHECK(*firecrawl::decode_page(firecrawl::encode_page(page, {"markdown", "html", "links"})) ==
        page);
  CHECK(firecrawl::decode_page(firecrawl::encode_page(page, {}))->html.empty());
  for (const int version : {1, 2}) {
    const auto hits = firecrawl::decode_hits(firecrawl::encode_hits({page, page}, version, false));
    REQUIRE(hits.ok());
    REQUIRE(hits->size() == 2);
    CHECK(hits->front().url == page.url);
    CHECK(hits->front().markdown.empty());
  }
  CHECK(firecrawl::decode_hits(firecrawl::encode_hits({page}, 2, true))->front().markdown == "# T");
  firecrawl::SearchRequest search{"bees", 7, true};
  CHECK(*firecrawl::decode_search_request(firecrawl::encode_search_request(search)) == search);
  firecrawl::PageRequest ask{"https://a.b", {"markdown"}};
  CHECK(*firecrawl::decode_page_request(firecrawl::encode_page_request(ask)) == ask);
  CHECK(!firecrawl::decode_page_request(R"({"url":"nothing"})"));
  CHECK(!firecrawl::decode_page_request(R"({"url":"a.b","formats":[7]})"));
  CHECK(!firecrawl::decode_search_request(R"({"query":"x","limit":0})"));
}
