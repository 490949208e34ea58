#include <algorithm>
#include <array>

#include "harness/base/rng.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/image.hpp"
#include "harness/wire/tokens.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

// Pictures as data: URIs, which every client reads (an http: address stays a text in the SDK).
class ReplicateImageScript final : public Script {
 public:
  ReplicateImageScript(wire::ImageSize size, std::int64_t count,
                       std::shared_ptr<script::PngMaker> pictures)
      : size_(size), count_(count), pictures_(std::move(pictures)) {}

  wire::Response whole(const latency::Plan&) override {
    wire::MessageBody body;
    body += "[";
    for (std::int64_t i = 0; i < count_; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      body += i == 0 ? "\"data:image/png;base64," : ",\"data:image/png;base64,";
      pictures_->make({size_, 0, own}).add_base64(body);
      body += "\"";
    }
    body += "]";
    return wire::json_response(200, std::move(body));
  }
  bool heavy(const latency::Plan&) const override { return !pictures_->has({size_, 0, 0}); }

 private:
  wire::ImageSize size_;
  std::int64_t count_;
  std::shared_ptr<script::PngMaker> pictures_;
};

// Language models answer with a list of pieces.
class ReplicateTextScript final : public Script {
 public:
  wire::Response whole(const latency::Plan& plan) override {
    json::Value pieces = json::Value::array();
    for (std::int64_t at = 0; at < plan.usage.output_tokens; at += kTokensAPiece) {
      pieces.push(piece(plan, at, std::min(at + kTokensAPiece, plan.usage.output_tokens)));
    }
    return wire::json_response(200, json::dump(pieces));
  }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    if (text_.empty()) {
      text_ = script::filler_text(content, plan.usage.output_tokens);
    }
    const auto begin =
        std::min(static_cast<std::size_t>(from) * wire::kBytesPerToken, text_.size());
    return text_.substr(begin, static_cast<std::size_t>(to - from) * wire::kBytesPerToken);
  }

 private:
  static constexpr std::int64_t kTokensAPiece = 4;
  std::string text_;
};

// About a megapixel in the shape that FLUX calls by name.
std::string size_of_shape(std::string_view shape) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kShapes = {
      {{"1:1", "1024x1024"},
       {"16:9", "1344x768"},
       {"9:16", "768x1344"},
       {"21:9", "1536x640"},
       {"9:21", "640x1536"},
       {"3:2", "1216x832"},
       {"2:3", "832x1216"},
       {"4:5", "896x1088"},
       {"5:4", "1088x896"},
       {"4:3", "1152x896"}}};
  for (const auto& [name, size] : kShapes) {
    if (name == shape) {
      return std::string(size);
    }
  }
  return {};
}

// Which operation knows the model.
const latency::Entry* entry_of(const latency::Profile& profile, const std::string& model) {
  for (const auto& [operation, index] : profile.defaults) {
    const latency::Entry* found = profile.find(operation, model);
    if (found != nullptr && !model.empty() && found->model != "*") {
      return found;
    }
  }
  return nullptr;
}

Result<Ask> ask_image(const json::Value& input, Ask ask, const latency::Entry& entry,
                      const Stagehand& hand) {
  Errors errors;
  wire::Fields fields(input, "/input", errors);
  const auto width = fields.integer("width", 16, 4096);
  const auto height = fields.integer("height", 16, 4096);
  if (width && height) {
    ask.size = wire::image_size_text({*width, *height});
  } else {
    ask.size = size_of_shape(fields.text("aspect_ratio"));
  }
  const std::string size_text = ask.size.empty() ? entry.size : ask.size;
  const auto size = wire::parse_image_size(size_text);
  ask.amounts.n = fields.integer("num_outputs", 1, 8).value_or(1);
  ask.amounts.steps = fields.integer("num_inference_steps", 1, 1000).value_or(0);
  if (!size) {
    fields.fail("width", size.error().what);
  }
  if (!errors.empty()) {
    return errors;
  }
  ask.script = std::make_unique<ReplicateImageScript>(*size, ask.amounts.n, hand.pictures);
  return ask;
}

}  // namespace

Result<Ask> ask_replicate(const ReplicateInput& request, const Stagehand& hand) {
  const latency::Entry* entry = entry_of(hand.profile, request.model);
  if (entry == nullptr) {
    // A version's hash names a model that the profile cannot know: its default picture model.
    entry = hand.profile.find("image", "");
    if (entry == nullptr || request.model.find('/') != std::string::npos) {
      return Error{"", "The requested resource could not be found."};
    }
  }
  Ask ask;
  ask.operation = entry->operation;
  ask.model = entry->model;
  if (entry->kind != latency::Kind::Chat) {
    return ask_image(request.input, std::move(ask), *entry, hand);
  }
  Errors errors;
  wire::Fields fields(request.input, "/input", errors);
  const std::string prompt = fields.text("prompt") + fields.text("system_prompt");
  ask.amounts.input_tokens =
      static_cast<std::int64_t>((prompt.size() + wire::kBytesPerToken - 1) / wire::kBytesPerToken);
  const auto most = fields.integer("max_tokens", 1, 1'000'000);
  ask.amounts.max_tokens =
      most ? *most : fields.integer("max_new_tokens", 1, 1'000'000).value_or(0);
  ask.amounts.stream = true;
  if (!errors.empty()) {
    return errors;
  }
  ask.script = std::make_unique<ReplicateTextScript>();
  return ask;
}

}  // namespace rehearse::server
