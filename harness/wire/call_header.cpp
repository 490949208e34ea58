#include "harness/wire/call_header.hpp"

#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire {
namespace {

constexpr std::size_t kLongestHeader = 4096;
constexpr std::size_t kLongestStage = 1024;
constexpr std::size_t kLongestWord = 64;

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

struct AskedAmount {
  std::string_view name;
  std::optional<std::int64_t> CallHeader::* value;
};

constexpr AskedAmount kAskedAmounts[] = {{"input_tokens", &CallHeader::input_tokens},
                                         {"output_tokens", &CallHeader::output_tokens},
                                         {"cached_tokens", &CallHeader::cached_tokens},
                                         {"steps", &CallHeader::steps},
                                         {"audio_ms", &CallHeader::audio_ms},
                                         {"characters", &CallHeader::characters},
                                         {"bytes", &CallHeader::bytes},
                                         {"n", &CallHeader::n}};

struct Word {
  std::string_view name;
  std::string CallHeader::* value;
};

constexpr Word kWords[] = {{"size", &CallHeader::size}, {"quality", &CallHeader::quality}};

bool read_word(std::string_view text, std::string& word) {
  if (!word.empty() || text.empty()) {
    return false;
  }
  word = percent_decode(text);
  return word.size() <= kLongestWord;
}

bool read_field(std::string_view name, std::string_view text, CallHeader& call) {
  for (const AskedAmount& amount : kAskedAmounts) {
    if (name == amount.name) {
      return read_amount(text, call.*amount.value);
    }
  }
  for (const Word& word : kWords) {
    if (name == word.name) {
      return read_word(text, call.*word.value);
    }
  }
  if (name == "share") {
    return read_number(text, call.share) && call.share >= 0 && call.share <= 1;
  }
  if (name == "time_ratio") {
    return read_number(text, call.time_ratio) && call.time_ratio > 0 &&
           std::isfinite(call.time_ratio);
  }
  call.new_connection = true;
  return name == "new_connection" && text == "1";
}

Error wrong(std::string_view text) {
  return {std::string(kCallHeaderName),
          "expected seed/job/stage/item/attempt;input_tokens=N;output_tokens=N, found " +
              quoted_excerpt(text)};
}

void write_amount(std::string& out, std::string_view name, std::optional<std::int64_t> amount) {
  if (amount) {
    out += ';';
    out += name;
    out += '=' + std::to_string(*amount);
  }
}

}  // namespace

std::string call_header_text(const CallHeader& call) {
  std::string out = std::to_string(call.seed) + "/" + std::to_string(call.job) + "/" +
                    percent_encode(call.stage) + "/" + std::to_string(call.item) + "/" +
                    std::to_string(call.attempt);
  for (const AskedAmount& amount : kAskedAmounts) {
    write_amount(out, amount.name, call.*amount.value);
  }
  for (const Word& word : kWords) {
    if (const std::string& value = call.*word.value; !value.empty()) {
      out.append(";").append(word.name).append("=").append(percent_encode(value));
    }
  }
  if (call.share != 0) {
    out += ";share=" + number_text(call.share);
  }
  if (call.time_ratio != 1) {
    out += ";time_ratio=" + number_text(call.time_ratio);
  }
  if (call.new_connection) {
    out += ";new_connection=1";
  }
  return out;
}

Result<CallHeader> parse_call_header(std::string_view text) {
  if (text.size() > kLongestHeader) {
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
