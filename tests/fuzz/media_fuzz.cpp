#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/openai_moderation.hpp"
#include "harness/wire/openai_video.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace openai = rehearse::wire::openai;

// Videos, moderations, edits in parts, and the events of images and audio.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const wire::Request json = wire::json_post("/", std::string(text));
  const wire::Request form = {
      "POST", "/", {{"content-type", "multipart/form-data; boundary=x"}}, std::string(text)};
  (void)openai::decode_audio_event(text).ok();
  (void)openai::decode_image_event(text).ok();
  (void)openai::decode_remix_request(form).ok();
  (void)openai::decode_image_edit_request(form, true).ok();
  for (const wire::Request& request : {json, form}) {
    if (const auto video = openai::decode_video_request(request)) {
      const auto back =
          openai::decode_video_request(wire::json_post("/", openai::encode_video_request(*video)));
      fuzz::require(back.ok() && *back == *video, "a request for a video survives the wire");
    }
  }
  if (const auto video = openai::decode_video(text)) {
    fuzz::require(openai::decode_video(openai::encode_video(*video)).ok(), "a video survives");
  }
  if (const auto edit = openai::decode_image_edit_request(form, false)) {
    const auto back =
        openai::decode_image_edit_request(openai::encode_image_edit_request(*edit, "/"), false);
    fuzz::require(back.ok() && back->inputs == edit->inputs && back->size == edit->size,
                  "an edit survives the wire");
  }
  if (const auto request = openai::decode_moderation_request(text)) {
    const auto back =
        openai::decode_moderation_request(openai::encode_moderation_request(*request));
    fuzz::require(back.ok() && back->inputs == request->inputs, "moderated texts survive");
  }
  return 0;
}
