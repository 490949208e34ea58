#include "harness/base/rng.hpp"
#include "harness/inference/data_flow.hpp"
#include "harness/wire/base64.hpp"
#include "tests/inference/recorded_program.hpp"

// What is said in one call and asked in another.

using namespace rehearse;
using namespace rehearse::test;

namespace {

const char* const kPrompt = "A watercolour of bees between chimneys, wide view, soft light";

std::string chat_answer(const std::string& text) {
  return R"({"choices":[{"message":{"role":"assistant","content":")" + text + R"("}}]})";
}

RecordedProgram post_program() {
  RecordedProgram program(3'000);
  auto& prompt = program.call("chat", 0, 1'000);
  prompt.request_body = R"({"messages":[{"content":"Write the image prompt about bees."}]})";
  prompt.response_body = chat_answer(kPrompt);
  auto& title = program.call("chat", 1'000, 1'500);
  title.model = "gpt-4o-mini";
  title.request_body = R"({"messages":[{"content":"Write a title about bees."}]})";
  title.response_body = chat_answer("Bees on the roofs of the old town");
  auto& image = program.call("image", 1'500, 3'000);
  image.request_body = std::string(R"({"prompt":"In oil: )") + kPrompt + R"("})";
  return program;
}

}  // namespace

TEST_CASE("an answer that stands in a later request is a need, program order stays order") {
  const auto inferred = inferred_of({post_program().job()});
  CHECK(stages_of(inferred) == "chat chat-2 image");
  CHECK(at(inferred, "image/needs") == R"(["chat"])");
  CHECK(at(inferred, "chat-2/needs").empty());
  CHECK_FALSE(says(inferred, "without --bodies"));
  // Nothing of what was said is in the scenario.
  CHECK(json::dump(inferred.scenario).find("chimneys") == std::string::npos);
}

TEST_CASE("a need replaces the order that the same two stages had") {
  RecordedProgram program = post_program();
  auto& aside = program.call("chat", 0, 2'900);  // so that there is no chain
  aside.max_tokens = 7;
  const auto inferred = inferred_of({program.job()});
  CHECK(inferred.scenario.find("order") == nullptr);
  CHECK(at(inferred, "image/needs") == R"(["chat"])");
  CHECK(at(inferred, "image/after") == R"(["chat-3"])");
  CHECK(at(inferred, "chat-3/after") == R"(["chat"])");
}

TEST_CASE("three calls of a kind that feed each other are no loop") {
  RecordedProgram program(3'000);
  const char* const drafts[] = {"The first draft speaks of bees and of roofs in May",
                                "The second draft is much better than what came before",
                                "The third draft is short"};
  for (int i = 0; i < 3; ++i) {
    auto& call = program.call("chat", 1'000 * i, 1'000 * (i + 1));
    call.request_body =
        i == 0 ? R"({"messages":[{"content":"Write"}]})"
               : std::string(R"({"messages":[{"content":"Improve: )") + drafts[i - 1] + R"("}]})";
    call.response_body = chat_answer(drafts[i]);
  }
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "chat chat-2 chat-3");
  CHECK(at(inferred, "chat-3/needs") == R"(["chat-2"])");
}

TEST_CASE("quotes are found in streams and bytes, not in echoes and short or empty words") {
  record::RecordedCall from;
  record::RecordedCall to;
  to.request_body = std::string(R"({"prompt":"Paint this: )") + kPrompt + "\"}";
  const auto fed = [&] {
    return inference::feeds(inference::texts_of(from), inference::texts_of(to));
  };
  std::string stream;
  for (const char* const piece :
       {"A watercolour of bees be", "tween chimneys, wi", "de view, soft"}) {
    stream += std::string(R"(data: {"choices":[{"delta":{"content":")") + piece + "\"}}]}\n\n";
  }
  from.response_body = stream + "data: [DONE]\n\n";
  CHECK(fed());
  from.response_body = std::string(R"({"message":{"content":")") + std::string(kPrompt, 30) +
                       "\"}}\n" + R"({"message":{"content":")" + (kPrompt + 30) + "\"}}\n";
  CHECK(fed());

  from.response_body = chat_answer(kPrompt);
  CHECK(fed());
  from.request_body = std::string(R"({"messages":[{"content":"Repeat: )") + kPrompt + "\"}]}";
  CHECK_FALSE(fed());  // an echo
  from.request_body.clear();
  from.response_body = chat_answer("A watercolour of bees");
  CHECK_FALSE(fed());  // too short
  from.response_body = chat_answer(std::string(40, '-'));
  to.request_body = R"({"prompt":")" + std::string(60, '-') + "\"}";
  CHECK_FALSE(fed());  // says nothing

  std::string picture(4'000, '\0');
  for (std::size_t i = 0; i < picture.size(); ++i) {
    picture[i] = static_cast<char>(mix64(i) & 0xFF);
  }
  from.response_body = R"({"data":[{"b64_json":")" + wire::encode_base64(picture) + "\"}]}";
  to.request_body = picture;
  CHECK(fed());
  to.request_body = picture.substr(0, 150) + std::string(3'000, 'x');  // another of the same kind
  CHECK_FALSE(fed());
}
