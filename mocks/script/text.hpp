#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/wire/audio.hpp"

namespace rehearse::script {

// Readable filler of exactly `tokens` mock tokens: 4 × tokens ASCII bytes, so that it may be cut at
// any byte. Up to kMostTokens; more is cut to that. Linear.
inline constexpr std::int64_t kMostTokens = 4'000'000;
std::string filler_text(std::uint64_t content, std::int64_t tokens);

// The same length as a JSON object with one string, {"text":"…"}; shorter than 3 tokens it is an
// empty object and blanks.
std::string filler_json(std::uint64_t content, std::int64_t tokens);

// What somebody says in so many seconds (about 2.5 words a second), in segments of about 5 s.
wire::TranscriptionReply transcript(std::uint64_t content, double seconds);
// Its words, their instants in proportion to their letters.
std::vector<wire::TranscriptSegment> words_of(const wire::TranscriptionReply& reply);

}  // namespace rehearse::script
