#pragma once

#include <cstdint>
#include <string>

#include "mocks/script/audio.hpp"

namespace rehearse::script {

// An ID3v2.4 tag with one comment drawn from `content`: players skip it, two answers differ by it.
std::string id3_tag(std::uint64_t content);

// Silent audio, one channel; `seconds` from 0 to kLongestAudio. None of them needs an encoder: each
// frame that says "nothing" has a constant form.
std::string silent_mp3(double seconds, std::uint64_t content);   // frames of 24 ms, 64 kbit/s
std::string silent_aac(double seconds, std::uint64_t content);   // ADTS, frames of 42.7 ms
std::string silent_flac(double seconds, std::uint64_t content);  // exact to a sample
std::string silent_opus(double seconds, std::uint64_t content);  // Ogg, exact to a sample

}  // namespace rehearse::script
