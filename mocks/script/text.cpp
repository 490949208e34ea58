#include "mocks/script/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "harness/wire/tokens.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

constexpr std::array<std::string_view, 64> kWordTexts = {
    "a",       "the",      "of",    "and",   "in",     "to",     "for",    "with",
    "light",   "stage",    "scene", "first", "voice",  "open",   "quiet",  "river",
    "morning", "city",     "small", "story", "garden", "window", "letter", "paper",
    "bright",  "slow",     "music", "over",  "under",  "street", "winter", "summer",
    "people",  "hands",    "table", "green", "silver", "golden", "north",  "south",
    "water",   "stone",    "cloud", "field", "night",  "early",  "late",   "young",
    "answer",  "question", "idea",  "plan",  "draft",  "image",  "colour", "shape",
    "walks",   "finds",    "makes", "opens", "turns",  "holds",  "keeps",  "brings"};

// With a blank behind it, so that it is copied in one go whatever its length.
struct Word {
  char letters[16] = {};
  std::uint8_t size = 0;  // with the blank
};

constexpr auto kWords = [] {
  std::array<Word, kWordTexts.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].size = static_cast<std::uint8_t>(kWordTexts[i].size() + 1);
    for (std::size_t at = 0; at < sizeof out[i].letters; ++at) {
      out[i].letters[at] = at < kWordTexts[i].size() ? kWordTexts[i][at] : ' ';
    }
  }
  return out;
}();
constexpr std::uint64_t kWordsPerDraw = 10;  // of 6 bits each

constexpr double kBytesPerSecond = 15;  // 150 words a minute
constexpr double kLongestTranscript = 86'400;

// Words with a full stop every dozen or so, cut at exactly `bytes`.
std::string words(std::uint64_t content, std::size_t bytes) {
  Bits bits(content);
  std::string out(bytes + sizeof(Word::letters) + 1, '\0');
  std::uint64_t drawn = 0;
  std::uint64_t left = 0;  // words of this sentence
  std::uint64_t used = 0;  // words of this draw
  for (std::size_t at = 0; at < bytes; ++used) {
    drawn = used % kWordsPerDraw == 0 ? bits.next() : drawn >> 6;
    const Word& word = kWords[drawn % kWords.size()];
    std::memcpy(&out[at], word.letters, sizeof word.letters);
    if (left == 0) {
      out[at] = static_cast<char>(out[at] - 'a' + 'A');
      left = 6 + drawn / kWords.size() % 10;
    } else {
      --left;
    }
    at += word.size;
    if (left == 0) {
      out[at - 1] = '.';
      out[at++] = ' ';
    }
  }
  out.resize(bytes);
  if (!out.empty() && out.back() == ' ') {
    out.back() = '.';
  }
  return out;
}

std::size_t bytes_of(std::int64_t tokens) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(tokens, 0, kMostTokens)) *
         wire::kBytesPerToken;
}

}  // namespace

std::string filler_text(std::uint64_t content, std::int64_t tokens) {
  return words(content, bytes_of(tokens));
}

std::string filler_json(std::uint64_t content, std::int64_t tokens) {
  constexpr std::string_view kStart = "{\"text\":\"";
  constexpr std::string_view kEnd = "\"}";
  const std::size_t bytes = bytes_of(tokens);
  if (bytes < kStart.size() + kEnd.size()) {
    std::string out = bytes == 0 ? "" : "{}";
    out.resize(bytes, ' ');
    return out;
  }
  std::string out(kStart);
  out += words(content, bytes - kStart.size() - kEnd.size());
  out += kEnd;
  return out;
}

wire::TranscriptionReply transcript(std::uint64_t content, double seconds) {
  constexpr double kSegment = 5;
  const double length = std::clamp(seconds, 0.0, kLongestTranscript);
  wire::TranscriptionReply reply;
  reply.seconds = length;
  reply.language = "english";
  reply.text = words(content, static_cast<std::size_t>(length * kBytesPerSecond));
  const auto count = static_cast<std::size_t>(length / kSegment + 0.999);
  const std::size_t share = count == 0 ? 0 : reply.text.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    reply.segments.push_back({static_cast<double>(i) * kSegment,
                              last ? length : static_cast<double>(i + 1) * kSegment,
                              reply.text.substr(i * share, last ? std::string::npos : share)});
  }
  return reply;
}

std::vector<wire::TranscriptSegment> words_of(const wire::TranscriptionReply& reply) {
  std::vector<wire::TranscriptSegment> out;
  const std::string& text = reply.text;
  const double each =
      text.empty() ? 0 : reply.seconds.value_or(0) / static_cast<double>(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" .", at), text.size());
    if (end > at) {
      out.push_back({static_cast<double>(at) * each, static_cast<double>(end) * each,
                     text.substr(at, end - at)});
    }
    at = end + 1;
  }
  return out;
}

}  // namespace rehearse::script
