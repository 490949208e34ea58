#include <catch2/catch.hpp>

#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/gemini_models.hpp"
#include "harness/wire/gemini_path.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

ChatRequest full_request() {
  ChatRequest request;
  request.messages = {{"system", "be brief", 0, {}, ""},
                      {"user", "hé \"you\"\n", 0, {}, ""},
                      {"assistant", "", 0, {{"", "look", "{\"q\":1}"}}, ""}};
  request.max_output_tokens = 300;
  request.choices = 2;
  request.stop = {"END"};
  request.format = TextFormat::JsonSchema;
  request.schema = R"({"type":"object"})";
  request.thinking_tokens = 128;
  request.tools = {{"look", "looks", R"({"type":"object"})"}};
  request.tool_choice = "look";
  return request;
}

std::string refused(std::string_view body) {
  const auto request = gemini::decode_chat_request(body);
  REQUIRE_FALSE(request.ok());
  return request.error().where;
}

}  // namespace

TEST_CASE("Gemini's methods stand in the path, in either version") {
  const auto method = gemini::parse_method("/v1beta/models/gemini-2.5-flash:streamGenerateContent");
  REQUIRE(method);
  CHECK(*method == gemini::Method{"v1beta", "gemini-2.5-flash", "streamGenerateContent"});
  CHECK(gemini::parse_method("/v1/models/a%3Ab:countTokens")->model == "a:b");
  CHECK(gemini::parse_method("/v1/models")->model.empty());
  CHECK(gemini::parse_method("/v1beta/models/m")->action.empty());
  CHECK(gemini::parse_method(gemini::method_path("models/m x", "predict"))->model == "m x");
  for (const char* bad : {"", "/", "/v2/models/m", "/v1beta/files/m", "/v1/models/:generateContent",
                          "/v1/models/a/b:generateContent", "models"}) {
    INFO(bad);
    CHECK_FALSE(gemini::parse_method(bad));
  }
}

TEST_CASE("a Gemini request survives the wire whole") {
  const ChatRequest request = full_request();
  const auto back = gemini::decode_chat_request(gemini::encode_chat_request(request));
  INFO((back ? "" : back.error().text()));
  REQUIRE(back.ok());
  CHECK(*back == request);
}

TEST_CASE("Gemini's names are read in camel case and in snake case") {
  const auto request = gemini::decode_chat_request(
      R"({"system_instruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"x"},
      {"inline_data":{"mime_type":"image/png","data":""}}]}],"generation_config":
      {"max_output_tokens":7,"response_mime_type":"application/json","candidate_count":2,
      "thinking_config":{"thinking_level":"low"}},
      "tools":[{"function_declarations":[{"name":"f"}]},{"google_search":{}}]})");
  INFO((request ? "" : request.error().text()));
  REQUIRE(request.ok());
  CHECK(request->messages.at(0).role == "system");
  CHECK(request->messages.at(1).role == "user");
  CHECK(request->messages.at(1).images == 1);
  CHECK(request->max_output_tokens == 7);
  CHECK(request->choices == 2);
  CHECK(request->format == TextFormat::JsonObject);
  CHECK(request->thinking_tokens == -1);
  CHECK(request->tools.size() == 1);
}

TEST_CASE("thinking is off where its budget is zero or nobody asks for it") {
  const auto thinking = [](const std::string& config) {
    return gemini::decode_chat_request(
               R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{)" + config + "}}")
        ->thinking_tokens;
  };
  CHECK_FALSE(thinking(""));
  CHECK_FALSE(thinking(R"("thinkingConfig":{})"));
  CHECK_FALSE(thinking(R"("thinkingConfig":{"thinkingBudget":0,"includeThoughts":true})"));
  CHECK(thinking(R"("thinkingConfig":{"thinkingBudget":-1})") == -1);
  CHECK(thinking(R"("thinkingConfig":{"includeThoughts":true})") == -1);
  CHECK(thinking(R"("thinkingConfig":{"thinkingBudget":512})") == 512);
}

TEST_CASE("a Gemini request that lacks or mistakes something is told where") {
  CHECK(refused("{}") == "/contents");
  CHECK(refused(R"({"contents":[]})") == "/contents");
  CHECK(refused(R"({"contents":[{"role":"assistant","parts":[]}]})") == "/contents/0/role");
  CHECK(refused(R"({"contents":[{"parts":[{"text":5}]}]})") == "/contents/0/parts/0/text");
  CHECK(refused(R"({"contents":[{"parts":[]}],"generationConfig":{"maxOutputTokens":0}})") ==
        "/generationConfig/maxOutputTokens");
  CHECK(refused(R"({"contents":[{"parts":[]}],"generationConfig":{"responseSchema":{}}})") ==
        "/generationConfig/responseSchema");
  CHECK_FALSE(gemini::decode_chat_request("[]").ok());
  CHECK(gemini::bad_request({{"/contents", "contents is not specified"}}).message ==
        "* GenerateContentRequest.contents: contents is not specified\n");
}

TEST_CASE("a body written by hand gets the limit that it lacks, and keeps the one that it has") {
  const auto limit = [](std::string_view body, std::int64_t most) {
    return gemini::decode_chat_request(*gemini::complete_chat_request(body, most))
        ->max_output_tokens;
  };
  const std::string start = R"({"contents":[{"parts":[{"text":"x"}]}])";
  CHECK(limit(start + "}", 9) == 9);
  CHECK_FALSE(limit(start + "}", 0));
  CHECK(limit(start + R"(,"generationConfig":{"maxOutputTokens":5}})", 9) == 5);
  CHECK(limit(start + R"(,"generationConfig":{"temperature":0}})", 9) == 9);
  CHECK_FALSE(gemini::complete_chat_request("[]", 9).ok());
}

TEST_CASE("a Gemini reply survives the wire with thoughts, calls and the tokens of each") {
  ChatReply reply{"r1", "gemini-2.5-flash", 0, {}, Usage{100, 40, 30, 12}};
  ChatChoice first;
  first.thinking = "hm";
  first.text = "hé\n";
  first.finish = FinishReason::Length;
  ChatChoice second;
  second.tool_calls = {{"", "look", R"({"q":1})"}};
  second.finish = FinishReason::ToolCalls;
  reply.choices = {first, second};
  const std::string text = gemini::encode_chat_reply(reply);
  const auto back = gemini::decode_chat_reply(text);
  REQUIRE(back.ok());
  CHECK(*back == reply);
  CHECK(text.find(R"("candidatesTokenCount":18)") != std::string::npos);
  CHECK(text.find(R"("thoughtsTokenCount":12)") != std::string::npos);
  CHECK(text.find(R"("totalTokenCount":130)") != std::string::npos);
  CHECK(gemini::decode_chat_reply(R"({"promptFeedback":{"blockReason":"SAFETY"}})").ok());
  CHECK_FALSE(gemini::decode_chat_reply("{}").ok());
  CHECK_FALSE(gemini::decode_chat_reply("{").ok());
}

TEST_CASE("only the last piece of a Gemini stream says why it ends") {
  ChatReply reply{"r1", "m", 0, {}, Usage{1, 0, 2, 0}};
  reply.choices.resize(1);
  reply.choices[0].text = "x";
  const auto middle = gemini::decode_chat_chunk(gemini::encode_chat_part({reply, false}));
  REQUIRE(middle.ok());
  CHECK_FALSE(middle->finish);
  CHECK(middle->text == "x");
  CHECK(middle->usage->output_tokens == 2);
  const auto last = gemini::decode_chat_chunk(gemini::encode_chat_part({reply, true}));
  CHECK(last->finish == FinishReason::Stop);
  CHECK_FALSE(gemini::decode_chat_chunk("[DONE]").ok());
  const auto broken = gemini::decode_chat_chunk(R"({"error":{"code":503,"message":"over"}})");
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().where == "event stream");
}

TEST_CASE("Gemini errors say their status, their quota and when to come back") {
  ApiError error{
      429, "Quota exceeded for requests per day (RPD), limit: 250, model: m", {}, {}, {}};
  error.retry_after = Duration::milliseconds(34'074);
  const std::string text = gemini::encode_error(error);
  CHECK(text.find("GenerateRequestsPerDayPerProjectPerModel") != std::string::npos);
  CHECK(text.find(R"("quotaValue": "250")") != std::string::npos);
  CHECK(text.find(R"("retryDelay": "34.074s")") != std::string::npos);
  const ApiError back = gemini::decode_error(429, text);
  CHECK(back.code == "RESOURCE_EXHAUSTED");
  CHECK(back.retry_after == error.retry_after);
  CHECK(gemini::decode_error(429, "[" + text + "]").retry_after == error.retry_after);
  for (const auto& [status, name] :
       {std::pair(400, "INVALID_ARGUMENT"), std::pair(401, "UNAUTHENTICATED"),
        std::pair(403, "PERMISSION_DENIED"), std::pair(404, "NOT_FOUND"),
        std::pair(500, "INTERNAL"), std::pair(503, "UNAVAILABLE"),
        std::pair(504, "DEADLINE_EXCEEDED"), std::pair(502, "INTERNAL")}) {
    ApiError other;
    other.status = status;
    CHECK(gemini::decode_error(status, gemini::encode_error(other)).code == name);
  }
  ApiError named;
  named.status = 400;
  named.code = "FAILED_PRECONDITION";
  CHECK(gemini::decode_error(400, gemini::encode_error(named)).code == "FAILED_PRECONDITION");
  for (const char* bad : {"\"x\"", "\"-1s\"", "\"1e300s\"", "5", "\"s\"", "\"1m\""}) {
    const std::string body = std::string(R"({"error":{"details":[{"retryDelay":)") + bad + "}]}}";
    CHECK_FALSE(gemini::decode_error(429, body).retry_after);
  }
  CHECK_FALSE(gemini::decode_error(502, "<html>").message.empty());
}

TEST_CASE("pictures are asked for by shape, and the shape gives the pixels") {
  ImageRequest request;
  request.model = "gemini-2.5-flash-image";
  request.prompt = "a \"cat\"";
  request.size = {1792, 1024};
  request.base64 = true;
  const std::string text = gemini::encode_image_request(request);
  CHECK(text.find(R"("aspectRatio":"16:9")") != std::string::npos);
  const auto back = gemini::decode_generate_image(text, request.model);
  REQUIRE(back.ok());
  CHECK(back->size == ImageSize{1344, 768});
  CHECK(back->prompt == request.prompt);
  ImageRequest imagen = request;
  imagen.model = "imagen-4.0-generate-001";
  imagen.count = 3;
  imagen.quality = "2K";
  imagen.size = {2048, 2048};
  CHECK(*gemini::decode_predict(gemini::encode_image_request(imagen), imagen.model) == imagen);
  CHECK_FALSE(gemini::decode_predict(R"({"instances":[]})", "imagen-4").ok());
  CHECK_FALSE(
      gemini::decode_predict(
          R"({"instances":[{"prompt":"x"}],"parameters":{"aspectRatio":"21:9"}})", "imagen-4")
          .ok());
  CHECK_FALSE(gemini::decode_predict(
                  R"({"instances":[{"prompt":"x"}],"parameters":{"sampleCount":9}})", "imagen-4")
                  .ok());
}

TEST_CASE("every shape finds itself again, and any size a shape") {
  for (const char* model : {"gemini-2.5-flash-image", "imagen-4.0-generate-001"}) {
    for (const Shape& shape : gemini::shapes(model)) {
      CHECK(nearest_shape(gemini::shapes(model), shape.size).ratio == shape.ratio);
      CHECK(find_shape(gemini::shapes(model), shape.ratio) != nullptr);
    }
    CHECK(nearest_shape(gemini::shapes(model), {8192, 1}).size.width > 1000);
    CHECK(find_shape(gemini::shapes(model), "7:1") == nullptr);
  }
}

TEST_CASE("pictures come back from candidates and from predictions") {
  std::string bytes = "\x89PNG";
  bytes += '\0';
  const auto inlined = gemini::decode_image_reply(
      gemini::encode_inline_images({"r", "m", "Here:", {{bytes}, {"b"}}, Usage{9, 0, 1290, 0}})
          .joined());
  REQUIRE(inlined.ok());
  REQUIRE(inlined->images.size() == 2);
  CHECK(inlined->images[0].bytes == bytes);
  CHECK(inlined->usage->output_tokens == 1290);
  const auto predicted = gemini::decode_image_reply(gemini::encode_predictions({{bytes}}).joined());
  REQUIRE(predicted.ok());
  CHECK(predicted->images.at(0).bytes == bytes);
  CHECK_FALSE(gemini::decode_image_reply("{}").ok());
  CHECK_FALSE(gemini::decode_image_reply(R"({"predictions":[{"bytesBase64Encoded":"%"}]})").ok());
  CHECK_FALSE(gemini::decode_image_reply(R"({"predictions":[7]})").ok());
}

TEST_CASE("Gemini embeddings survive the wire, alone and in a batch") {
  EmbeddingRequest request;
  request.model = "gemini-embedding-001";
  request.inputs = {{"hello", 2}, {"bye", 1}};
  request.dimensions = 64;
  const auto back = gemini::decode_embedding_request(gemini::encode_embedding_request(request),
                                                     gemini::kBatchEmbed);
  REQUIRE(back.ok());
  CHECK(*back == request);
  const auto one = gemini::decode_embedding_request(
      R"({"content":{"parts":[{"text":"a"},{"text":"b"}]}})", gemini::kEmbed);
  CHECK(one->inputs.at(0).text == "ab");
  CHECK_FALSE(gemini::decode_embedding_request("{}", gemini::kEmbed).ok());
  CHECK_FALSE(gemini::decode_embedding_request(R"({"requests":[]})", gemini::kBatchEmbed).ok());
  EmbeddingReply reply;
  reply.vectors = {{0.25F, -1.5F}};
  for (const std::string_view action : {gemini::kEmbed, gemini::kBatchEmbed}) {
    CHECK(gemini::decode_embedding_reply(gemini::encode_embedding_reply(reply, action))->vectors ==
          reply.vectors);
  }
  CHECK_FALSE(gemini::decode_embedding_reply(R"({"embedding":{"values":["x"]}})").ok());
  CHECK_FALSE(gemini::decode_embedding_reply("{}").ok());
}

TEST_CASE("Gemini's lists of models and counts of tokens survive the wire") {
  const std::vector<gemini::Model> models = {{"a", {"generateContent"}}, {"b", {}}};
  CHECK(*gemini::decode_models(gemini::encode_models(models)) == models);
  CHECK_FALSE(gemini::decode_models(R"({"models":[{}]})").ok());
  CHECK(*gemini::decode_token_count(gemini::encode_token_count(12)) == 12);
  CHECK(*gemini::decode_token_count("{}") == 0);
}
