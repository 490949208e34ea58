#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/ollama_models.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/openai_moderation.hpp"
#include "harness/wire/openai_video.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

std::string data_of(const std::string& frame) {
  const std::size_t at = frame.find("data: ") + 6;
  return frame.substr(at, frame.size() - at - 2);
}

Request json_request(std::string body) { return json_post("/v1/videos", std::move(body)); }

}  // namespace

TEST_CASE("an edit in parts survives the wire, with one picture or several") {
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
    ImageRequest edit;
    edit.model = "gpt-image-1";
    edit.prompt = "more bees";
    edit.base64 = true;
    edit.format = ImageFormat::Webp;
    edit.stream = true;
    edit.partial_images = 2;
    edit.inputs.assign(count, std::string("\x89PNG\r\n\0", 7));
    const Request request = openai::encode_image_edit_request(edit, "/v1/images/edits");
    const auto back = openai::decode_image_edit_request(request, false);
    REQUIRE(back.ok());
    CHECK(*back == edit);
  }
}

TEST_CASE("an edit lacks a picture, a prompt or both, and all is said at once") {
  Request request = openai::encode_image_edit_request({}, "/v1/images/edits");
  const auto nothing = openai::decode_image_edit_request(request, false);
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.errors().size() == 2);
  request.headers = {};
  CHECK_FALSE(openai::decode_image_edit_request(request, false).ok());
}

TEST_CASE("options that a picture cannot have are refused by name") {
  const auto where = [](std::string more) {
    const auto request =
        openai::decode_image_request(R"({"prompt":"x","model":"gpt-image-1",)" + more + "}");
    return request ? "" : request.errors().front().where;
  };
  CHECK(where(R"("output_format":"gif")") == "/output_format");
  CHECK(where(R"("partial_images":4)") == "/partial_images");
  CHECK(where(R"("background":"transparent","output_format":"jpeg")") == "/background");
  CHECK(where(R"("n":11)") == "/n");
  CHECK(where(R"("stream":true)").empty());
}

TEST_CASE("events of a streamed picture survive the wire") {
  openai::ImageEvent event;
  event.edit = true;
  event.reply.created_s = 5;
  event.reply.size = "1024x1024";
  event.reply.quality = "low";
  event.reply.images.push_back({"", "bytes", "", {}});
  event.partial = 2;
  const auto partial = openai::decode_image_event(data_of(openai::encode_image_event(event)));
  REQUIRE(partial.ok());
  CHECK(partial->partial == 2);
  CHECK(partial->edit);
  CHECK(partial->reply == event.reply);
  event.partial.reset();
  event.reply.usage = ImageUsage{10, 272, 4};
  const auto last = openai::decode_image_event(data_of(openai::encode_image_event(event)));
  CHECK_FALSE(last->partial.has_value());
  CHECK(last->reply.usage == event.reply.usage);
  CHECK_FALSE(openai::decode_image_event(R"({"type":"error","message":"no"})").ok());
}

TEST_CASE("events of speech and of a transcript survive the wire") {
  const std::string bytes("\0\xFF\x10", 3);
  CHECK(openai::decode_audio_event(data_of(openai::encode_speech_delta(bytes)))->piece == bytes);
  const auto spoken = openai::decode_audio_event(data_of(openai::encode_speech_done({3, 0, 9, 0})));
  CHECK(spoken->done);
  CHECK(spoken->usage == Usage{3, 0, 9, 0});
  TranscriptionReply reply;
  reply.text = "some words";
  reply.tokens = Usage{20, 0, 3, 0};
  const auto heard = openai::decode_audio_event(data_of(openai::encode_transcript_done(reply)));
  CHECK(heard->piece == reply.text);
  CHECK(heard->usage == reply.tokens);
  CHECK(openai::decode_audio_event(data_of(openai::encode_transcript_delta("a\n")))->piece ==
        "a\n");
  CHECK_FALSE(openai::decode_audio_event(R"({"type":"x.delta","audio":"?"})").ok());
}

TEST_CASE("a request for a video survives the wire, in JSON and in parts") {
  const openai::VideoRequest video{"sora-2-pro", "bees", 12, "1280x720"};
  CHECK(*openai::decode_video_request(json_request(openai::encode_video_request(video))) == video);
  const std::vector<Part> parts = {{"prompt", "", "", "bees"},
                                   {"seconds", "", "", "8"},
                                   {"input_reference", "a.png", "image/png", "x"}};
  const std::string boundary = make_boundary(parts);
  const auto form = openai::decode_video_request({"POST",
                                                  "/v1/videos",
                                                  {{"content-type", multipart_type(boundary)}},
                                                  encode_multipart(parts, boundary)});
  REQUIRE(form.ok());
  CHECK(*form == openai::VideoRequest{"sora-2", "bees", 8, "720x1280"});
  const auto wrong = openai::decode_video_request(json_request(R"({"seconds":"5","size":"1x1"})"));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.errors().size() == 3);
}

TEST_CASE("a video survives the wire in every state") {
  openai::Video video{"video_1", {"sora-2", "bees", 4, "720x1280"}, "queued", 0, 7, {}, {}, {}, "",
                      ""};
  CHECK(*openai::decode_video(openai::encode_video(video)) == video);
  video.status = "completed";
  video.progress = 100;
  video.completed_s = 99;
  video.expires_s = 1'000;
  video.remixed_from = "video_0";
  CHECK(*openai::decode_video(openai::encode_video(video)) == video);
  video.status = "failed";
  video.error_code = "moderation_blocked";
  video.error_message = "no";
  CHECK(*openai::decode_video(openai::encode_video(video)) == video);
}

TEST_CASE("moderated texts come as one, as many or as parts of one") {
  const auto inputs = [](const char* input) {
    return openai::decode_moderation_request(std::string(R"({"input":)") + input + "}")->inputs;
  };
  CHECK(inputs(R"("a")") == std::vector<std::string>{"a"});
  CHECK(inputs(R"(["a","b"])") == std::vector<std::string>{"a", "b"});
  CHECK(inputs(R"([{"type":"text","text":"a"},{"type":"image_url"}])") ==
        std::vector<std::string>{"a"});
  CHECK_FALSE(openai::decode_moderation_request("{}").ok());
  const openai::ModerationReply reply{"modr-1", "m", {true, false}};
  CHECK(openai::decode_moderation_reply(openai::encode_moderation_reply(reply))->flagged ==
        reply.flagged);
}

TEST_CASE("Ollama's embeddings survive the wire in both forms") {
  EmbeddingRequest request;
  request.model = "nomic-embed-text";
  request.inputs = {{"bees", 1}, {"trains", 2}};
  request.dimensions = 64;
  CHECK(*ollama::decode_embed_request(ollama::encode_embed_request(request), false) == request);
  const EmbeddingReply reply{"m", {{0.5F, -1.0F}}, 3};
  CHECK(*ollama::decode_embed_reply(ollama::encode_embed_reply(reply, {})) == reply);
  CHECK(ollama::decode_embed_reply(ollama::encode_old_embed_reply(reply))->vectors ==
        reply.vectors);
  CHECK_FALSE(ollama::decode_embed_request(R"({"model":"m","input":[1]})", false).ok());
  CHECK_FALSE(ollama::decode_model_name("{}").ok());
  CHECK(*ollama::decode_model_name(R"({"name":"old"})") == "old");
}
