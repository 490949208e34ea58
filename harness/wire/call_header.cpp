#include "harness/wire/call_header.hpp"

#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire {
namespace {

constexpr std::size_t kLongest = 4096;
constexpr std::size_t kLongestStage = 1024;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string_view take(std::string_view& text, char separator) {
  const std::string_view piece = text.substr(0, text.find(separator));
  text.remove_prefix(piece.size() < text.size() ? piece.size() + 1 : text.size());
  return piece;
}

bool read_amount(std::string_view text, std::optional<std::int64_t>& amount) {
  std::int64_t value = 0;
  if (amount || !read_number(text, value) || value < 0) {
    return false;
  }
  amount = value;
  return true;
}

bool read_field(std::string_view name, std::string_view text, CallHeader& call) {
  if (name == "input_tokens") {
    return read_amount(text, call.input_tokens);
  }
  if (name == "output_tokens") {
    return read_amount(text, call.output_tokens);
  }
  if (name == "characters") {
    return read_amount(text, call.characters);
  }
  if (name == "bytes") {
    return read_amount(text, call.bytes);
  }
  double seconds = 0;
  if (name != "seconds" || call.seconds || !read_number(text, seconds) || !std::isfinite(seconds) ||
      seconds < 0) {
    return false;
  }
  call.seconds = seconds;
  return true;
}

Error wrong(std::string_view text) {
  return {std::string(kCallHeaderName),
          "expected seed/job/stage/item/attempt;input_tokens=N;output_tokens=N, found " +
              quoted_excerpt(text)};
}

void write_amount(std::string& out, const char* name, std::optional<std::int64_t> amount) {
  if (amount) {
    out += std::string(";") + name + "=" + std::to_string(*amount);
  }
}

}  // namespace

std::string call_header_text(const CallHeader& call) {
  std::string out = std::to_string(call.seed) + "/" + std::to_string(call.job) + "/" +
                    percent_encode(call.stage) + "/" + std::to_string(call.item) + "/" +
                    std::to_string(call.attempt);
  write_amount(out, "input_tokens", call.input_tokens);
  write_amount(out, "output_tokens", call.output_tokens);
  if (call.seconds) {
    out += ";seconds=" + number_text(*call.seconds);
  }
  write_amount(out, "characters", call.characters);
  write_amount(out, "bytes", call.bytes);
  return out;
}

Result<CallHeader> parse_call_header(std::string_view text) {
  if (text.size() > kLongest) {
    return wrong(text);
  }
  std::string_view rest = text;
  std::string_view place = take(rest, ';');
  CallHeader call;
  bool good = read_number(take(place, '/'), call.seed) && read_number(take(place, '/'), call.job);
  call.stage = percent_decode(take(place, '/'));
  good = good && call.stage.size() <= kLongestStage && read_number(take(place, '/'), call.item) &&
         read_number(place, call.attempt);
  while (good && !rest.empty()) {
    std::string_view field = take(rest, ';');
    const std::string_view name = take(field, '=');
    good = read_field(name, field, call);
  }
  if (!good) {
    return wrong(text);
  }
  return call;
}

}  // namespace rehearse::wire
