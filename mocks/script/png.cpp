#include "mocks/script/png.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

#include "harness/wire/base64.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/image_encode.hpp"
#include "mocks/script/png_encode.hpp"

namespace rehearse::script {
namespace {

constexpr std::size_t kHeadBytes = 8 + 25;  // signature and IHDR
constexpr std::size_t kTextLetters = 34;    // 33 + 12 + 8 + 34 is a multiple of three
constexpr std::size_t kTextBytes = 12 + 8 + kTextLetters;
constexpr std::size_t kChunkBytes = 12;

std::string text_chunk(std::uint64_t content) {
  return png_chunk("tEXt", std::string("Comment") + '\0' + make_id("", content, kTextLetters));
}

// A private chunk that decoders skip makes up what the noise left short of the weight.
std::string padding(std::size_t bytes, std::uint64_t weight) {
  if (bytes < kChunkBytes) {
    return {};
  }
  Bits bits(weight);
  std::string data(bytes - kChunkBytes, '\0');
  for (char& byte : data) {
    byte = static_cast<char>(bits.next() & 0xFF);
  }
  return png_chunk("rhPd", data);
}

PictureParts encode(const PngSpec& spec, std::size_t weight) {
  if (spec.format == wire::ImageFormat::Jpeg) {
    return encode_noise_jpeg(spec.size, weight);
  }
  if (spec.format == wire::ImageFormat::Webp) {
    return encode_noise_webp(spec.size, weight);
  }
  const std::string png = encode_noise_png(spec.size, weight);
  const std::size_t bare = png.size() + kTextBytes;
  const std::string pad = padding(weight > bare ? weight - bare : 0, weight);
  return {png.substr(0, kHeadBytes), pad + png.substr(kHeadBytes)};
}

std::string text_of(wire::ImageFormat format, std::uint64_t content) {
  return format == wire::ImageFormat::Png    ? text_chunk(content)
         : format == wire::ImageFormat::Jpeg ? jpeg_text(content)
                                             : webp_text(content);
}

// Width, height, weight, format.
using PictureKey = std::tuple<std::int64_t, std::int64_t, std::size_t, wire::ImageFormat>;

PictureKey key_of(const PngSpec& spec) {
  const std::size_t weight =
      spec.weight == 0 ? typical_weight(spec.size, spec.format) : spec.weight;
  return {spec.size.width, spec.size.height, weight, spec.format};
}

}  // namespace

std::size_t typical_weight(wire::ImageSize size, wire::ImageFormat format) {
  const std::size_t png = typical_png_weight(size);
  return format == wire::ImageFormat::Png    ? png
         : format == wire::ImageFormat::Jpeg ? png / 4
                                             : png / 6;
}

std::size_t typical_png_weight(wire::ImageSize size) {
  return static_cast<std::size_t>(static_cast<double>(size.width * size.height) * 1.65);
}

struct PngMaker::State {
  struct Slot {
    std::once_flag once;
    std::string head;  // before the text: a PNG's signature and IHDR
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const std::string> base64;
    std::uint64_t used = 0;
  };
  explicit State(std::size_t cap_bytes) : cap(cap_bytes) {}

  std::shared_ptr<Slot> slot(const PictureKey& key) {
    const std::lock_guard lock(mutex);
    std::shared_ptr<Slot>& found = slots[key];
    if (!found) {
      found = std::make_shared<Slot>();
    }
    found->used = ++clock;
    return found;
  }

  void fill(Slot& filled, const PngSpec& spec, std::size_t weight) {
    PictureParts parts = encode(spec, weight);
    filled.head = std::move(parts.lead);
    auto body = std::make_shared<const std::string>(std::move(parts.body));
    auto text = std::make_shared<const std::string>(wire::encode_base64(*body));
    const std::lock_guard lock(mutex);
    filled.body = std::move(body);
    filled.base64 = std::move(text);
    bytes += filled.body->size() + filled.base64->size();
    ++encoded;
    trim();
  }

  // Under the lock. What a caller still holds lives on with him.
  void trim() {
    while (bytes > cap && slots.size() > 1) {
      auto oldest = slots.end();
      for (auto it = slots.begin(); it != slots.end(); ++it) {
        if (it->second->body &&
            (oldest == slots.end() || it->second->used < oldest->second->used)) {
          oldest = it;
        }
      }
      if (oldest == slots.end()) {
        return;
      }
      bytes -= oldest->second->body->size() + oldest->second->base64->size();
      slots.erase(oldest);
    }
  }

  const std::size_t cap;
  mutable std::mutex mutex;
  std::map<PictureKey, std::shared_ptr<Slot>> slots;
  std::size_t bytes = 0;
  std::size_t encoded = 0;
  std::uint64_t clock = 0;
};

PngMaker::PngMaker(std::size_t cap) : state_(std::make_unique<State>(cap)) {}
PngMaker::~PngMaker() = default;

bool PngMaker::has(const PngSpec& spec) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->slots.find(key_of(spec));
  return found != state_->slots.end() && found->second->body != nullptr;
}

wire::Picture PngMaker::make(const PngSpec& spec) {
  const PictureKey key = key_of(spec);
  const std::size_t weight = std::get<2>(key);
  const auto slot = state_->slot(key);
  std::call_once(slot->once, [&] { state_->fill(*slot, spec, weight); });
  return {slot->head + text_of(spec.format, spec.content), slot->body, slot->base64};
}

std::size_t PngMaker::cached_bytes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->bytes;
}

std::size_t PngMaker::encoded_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->encoded;
}

}  // namespace rehearse::script
