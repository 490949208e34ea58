#include "harness/wire/openai_image.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/fields.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/picture.hpp"

namespace rehearse::server {
namespace {

class OpenAiImageScript final : public Script {
 public:
  OpenAiImageScript(wire::ImageRequest request, const Stagehand& hand)
      : request_(std::move(request)), pictures_(hand.pictures), origin_(hand.origin) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::ImageReply reply;
    reply.created_s = kCreated;
    for (std::int64_t i = 0; i < request_.count; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      wire::Image image;
      if (request_.base64) {
        image.bytes = pictures_->make({request_.size, 0, own}).bytes();
      } else {
        image.url = origin_ + "/__rehearse/" + picture_path(request_.size, own);
      }
      if (request_.model == "dall-e-3") {
        image.revised_prompt = request_.prompt;
      }
      reply.images.push_back(std::move(image));
    }
    if (request_.model.starts_with("gpt-image")) {
      reply.usage = wire::ImageUsage{plan.usage.input_tokens, plan.usage.output_tokens};
    }
    return wire::json_response(200, wire::openai::encode_image_reply(reply));
  }
  bool heavy(const latency::Plan&) const override { return request_.base64; }

 private:
  wire::ImageRequest request_;
  std::shared_ptr<script::PngMaker> pictures_;
  std::string origin_;
};

// dall-e models draw their own sizes only.
bool offers(const latency::Entry& entry, const std::string& size) {
  return entry.sizes.empty() || size.empty() || size == "auto" ||
         std::any_of(entry.sizes.begin(), entry.sizes.end(),
                     [&size](const latency::NamedFactor& f) { return f.name == size; });
}

}  // namespace

Result<Ask> ask_openai_image(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_image_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  // As written: what is missing is the profile's to decide.
  const auto body = wire::parse_body(request.body);
  Errors ignored;
  wire::Fields fields(*body, "", ignored);
  Ask ask;
  ask.operation = "image";
  ask.model = fields.text("model");
  if (ask.model.empty() && hand.profile.find("image", decoded->model) != nullptr &&
      !hand.scripted) {
    ask.model = decoded->model;
  }
  ask.size = fields.text("size");
  ask.size = ask.size == "auto" ? "" : ask.size;
  ask.quality = decoded->quality;
  ask.amounts.n = decoded->count;
  const latency::Entry* entry = hand.profile.find("image", ask.model);
  if (!hand.scripted && entry != nullptr && ask.model.starts_with("dall-e") &&
      !offers(*entry, ask.size)) {
    return Error{"/size", "expected a size that " + ask.model + " draws, found " + ask.size};
  }
  if (ask.size.empty() && entry != nullptr) {
    if (const auto standard = wire::parse_image_size(entry->size)) {
      decoded->size = *standard;
    }
  }
  ask.script = std::make_unique<OpenAiImageScript>(std::move(*decoded), hand);
  return ask;
}

}  // namespace rehearse::server
