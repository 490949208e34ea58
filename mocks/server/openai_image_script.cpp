#include "harness/wire/openai_image.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/fields.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/picture.hpp"

namespace rehearse::server {
namespace {

// What gpt-image-1 bills for one image: OpenAI's guide to image generation, table of output tokens.
std::int64_t image_tokens(wire::ImageSize size, const std::string& quality) {
  const int column = quality == "low" ? 0 : quality == "high" ? 2 : 1;
  constexpr std::int64_t kSquare[] = {272, 1056, 4160};
  constexpr std::int64_t kPortrait[] = {408, 1584, 6240};
  constexpr std::int64_t kLandscape[] = {400, 1568, 6208};
  return size.width == size.height  ? kSquare[column]
         : size.width < size.height ? kPortrait[column]
                                    : kLandscape[column];
}

std::string or_default(const std::string& text, const char* otherwise) {
  return text.empty() || text == "auto" ? otherwise : text;
}

class OpenAiImageScript final : public Script {
 public:
  OpenAiImageScript(wire::ImageRequest request, const Stagehand& hand, bool edit)
      : request_(std::move(request)),
        pictures_(hand.pictures),
        origin_(hand.origin),
        scripted_(hand.scripted),
        edit_(edit),
        uploads_(static_cast<std::int64_t>(request_.inputs.size())) {
    request_.inputs.clear();
  }

  wire::Response whole(const latency::Plan& plan) override {
    wire::ImageReply reply = blank(plan);
    for (std::int64_t i = 0; i < request_.count; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      wire::Image image;
      if (request_.base64) {
        image.picture = pictures_->make(spec(own));
      } else {
        image.url = origin_ + "/__rehearse/" + picture_path(request_.size, own);
      }
      if (request_.model == "dall-e-3") {
        image.revised_prompt = request_.prompt;
      }
      reply.images.push_back(std::move(image));
    }
    return wire::json_response(200, wire::openai::encode_image_reply(reply));
  }
  bool heavy(const latency::Plan&) const override {
    return request_.base64 && !pictures_->has(spec(0));
  }

  std::string_view stream_type() const override {
    return request_.stream ? "text/event-stream" : "";
  }
  // Each image has its partial ones and a last one.
  std::uint32_t pieces(const latency::Plan&) const override {
    return request_.stream ? static_cast<std::uint32_t>(request_.count * each()) : 0;
  }
  void prepare(const latency::Plan&) override { pictures_->make(spec(content)); }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t) override {
    const std::int64_t place = from % each();
    wire::openai::ImageEvent event{blank(plan), std::nullopt, edit_};
    event.reply.images.push_back({});
    event.reply.images.back().picture =
        pictures_->make(spec(mix64(content + static_cast<std::uint64_t>(from))));
    if (place + 1 < each()) {
      event.partial = place;
      event.reply.usage.reset();
    }
    return wire::openai::encode_image_event(event);
  }

 private:
  std::int64_t each() const { return request_.partial_images + 1; }
  script::PngSpec spec(std::uint64_t own) const { return {request_.size, 0, own, request_.format}; }
  bool is_gpt() const { return request_.model.find("gpt-image") != std::string::npos; }

  wire::ImageReply blank(const latency::Plan& plan) const {
    wire::ImageReply reply;
    reply.created_s = kCreated;
    if (!is_gpt()) {
      return reply;
    }
    reply.background = or_default(request_.background, "opaque");
    reply.output_format = wire::image_format_name(request_.format);
    reply.quality = or_default(request_.quality, "medium");
    reply.size = wire::image_size_text(request_.size);
    reply.usage = wire::ImageUsage{plan.usage.input_tokens, plan.usage.output_tokens, 0};
    if (!scripted_) {
      // A picture that goes in is read as about so many tokens: the same guide, high fidelity off.
      constexpr std::int64_t kUploadTokens = 323;
      reply.usage->input_image_tokens = uploads_ * kUploadTokens;
      reply.usage->input_tokens += reply.usage->input_image_tokens;
    }
    if (reply.usage->output_tokens == 0 && !scripted_) {
      constexpr std::int64_t kPartialTokens = 100;
      reply.usage->output_tokens = request_.count * image_tokens(request_.size, request_.quality) +
                                   (request_.stream ? request_.partial_images * kPartialTokens : 0);
    }
    return reply;
  }

  wire::ImageRequest request_;
  std::shared_ptr<script::PngMaker> pictures_;
  std::string origin_;
  bool scripted_;  // then it says what virtual time says
  bool edit_;
  std::int64_t uploads_;
};

// dall-e models draw their own sizes only.
bool offers(const latency::Entry& entry, const std::string& size) {
  return entry.sizes.empty() || size.empty() || size == "auto" ||
         std::any_of(entry.sizes.begin(), entry.sizes.end(),
                     [&size](const latency::NamedFactor& f) { return f.name == size; });
}

// `size` as written: what is missing is the profile's to decide.
Result<Ask> make_ask(wire::ImageRequest decoded, const std::string& model, const std::string& size,
                     const Stagehand& hand, bool edit) {
  Ask ask;
  ask.operation = "image";
  ask.model = model;
  if (ask.model.empty() && hand.profile.find("image", decoded.model) != nullptr && !hand.scripted) {
    ask.model = decoded.model;
  }
  ask.size = size == "auto" ? "" : size;
  ask.quality = decoded.quality;
  ask.amounts.n = decoded.count;
  const latency::Entry* entry = hand.profile.find("image", ask.model);
  if (!hand.scripted && entry != nullptr && ask.model.starts_with("dall-e") &&
      !offers(*entry, ask.size)) {
    return Error{"/size", "expected a size that " + ask.model + " draws, found " + ask.size};
  }
  if (ask.size.empty() && entry != nullptr) {
    if (const auto standard = wire::parse_image_size(entry->size)) {
      decoded.size = *standard;
    }
  }
  if (edit && !hand.scripted && ask.model == "dall-e-3") {
    ask.refused = {400, "Invalid value: 'dall-e-3'. Only 'dall-e-2' and gpt-image models edit.",
                   "invalid_request_error", "model", "invalid_value"};
  }
  ask.script = std::make_unique<OpenAiImageScript>(std::move(decoded), hand, edit);
  return ask;
}

}  // namespace

Result<Ask> ask_openai_image(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_image_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  const auto body = wire::parse_body(request.body);
  Errors ignored;
  wire::Fields fields(*body, "", ignored);
  return make_ask(std::move(*decoded), fields.text("model"), fields.text("size"), hand, false);
}

Result<Ask> ask_openai_image_edit(const wire::Request& request, const Stagehand& hand) {
  const bool variation = wire::path_of(request.target).ends_with(wire::openai::kImageVariationPath);
  auto decoded = wire::openai::decode_image_edit_request(request, variation);
  if (!decoded) {
    return decoded.errors();
  }
  const std::string model = decoded->model;
  const std::string size = wire::image_size_text(decoded->size);
  return make_ask(std::move(*decoded), model, size, hand, true);
}

}  // namespace rehearse::server
