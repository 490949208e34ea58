#include "harness/wire/usage_header.hpp"

#include <charconv>

namespace rehearse::wire {
namespace {

using Base = rehearse::Usage;

struct Amount {
  std::string_view name;
  std::int64_t Base::* value;
};

constexpr Amount kAmounts[] = {
    {"input_tokens", &Base::input_tokens},   {"cached_tokens", &Base::cached_tokens},
    {"output_tokens", &Base::output_tokens}, {"images", &Base::images},
    {"audio_ms", &Base::audio_ms},           {"video_ms", &Base::video_ms},
    {"characters", &Base::characters},       {"bytes", &Base::bytes}};

}  // namespace

std::string usage_header_text(const Base& usage) {
  std::string out;
  for (const Amount& amount : kAmounts) {
    if (usage.*amount.value != 0) {
      out += out.empty() ? "" : ";";
      out += amount.name;
      out += '=' + std::to_string(usage.*amount.value);
    }
  }
  return out;
}

std::optional<Base> parse_usage_header(std::string_view text) {
  Base usage;
  for (const Amount& amount : kAmounts) {
    if (!text.starts_with(amount.name) || text.substr(amount.name.size(), 1) != "=") {
      continue;
    }
    text.remove_prefix(amount.name.size() + 1);
    std::int64_t& value = usage.*amount.value;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value <= 0) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(';') && text.size() > 1) {
      text.remove_prefix(1);
    } else if (!text.empty()) {
      return std::nullopt;
    }
  }
  return text.empty() ? std::optional(usage) : std::nullopt;
}

}  // namespace rehearse::wire
