#include "harness/wire/openai_responses.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace openai = rehearse::wire::openai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)openai::decode_response_event(text).ok();
  if (const auto request = openai::decode_responses_request(text)) {
    const auto back = openai::decode_responses_request(openai::encode_responses_request(*request));
    fuzz::require(back.ok() && back->chat.model == request->chat.model &&
                      back->chat.max_output_tokens == request->chat.max_output_tokens &&
                      back->background == request->background,
                  "a request survives the wire");
    (void)openai::encode_input_items(request->input_items);
    openai::ResponsesReply reply;
    reply.id = "resp_1";
    reply.echo = request->echo;
    fuzz::require(openai::decode_response(openai::encode_response(reply)).ok(),
                  "whatever a reply repeats, it can be read");
  }
  if (const auto reply = openai::decode_response(text)) {
    const auto back = openai::decode_response(openai::encode_response(*reply));
    fuzz::require(back.ok() && back->id == reply->id && back->status == reply->status,
                  "a reply survives the wire");
  }
  return 0;
}
