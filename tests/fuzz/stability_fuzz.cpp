#include "harness/wire/stability.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace stability = rehearse::wire::stability;

// The input is a body: of a form whose boundary is "b", of the older request, of an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  (void)stability::decode_error(500, text);
  (void)stability::decode_pictures(wire::json_response(200, text)).ok();
  wire::Request request;
  request.method = "POST";
  request.body = text;
  request.headers.add("content-type", "multipart/form-data; boundary=b");
  for (const char* path :
       {"/v2beta/stable-image/generate/core", "/v2beta/stable-image/generate/sd3",
        "/v1/generation/engine/text-to-image"}) {
    const auto found = stability::decode_picture_request(request, path);
    fuzz::require(found.has_value(), "these paths are Stability's");
    if (!found->ok()) {
      continue;
    }
    const wire::Request again = stability::encode_picture_request(found->value());
    const auto back = stability::decode_picture_request(again, wire::path_of(again.target));
    fuzz::require(!back || !back->ok() || back->value().image.prompt == found->value().image.prompt,
                  "a prompt survives the wire");
  }
  (void)stability::complete_picture_request(text, stability::PictureRequest()).ok();
  return 0;
}
