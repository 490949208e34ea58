#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.hpp"
#include "harness/wire/image.hpp"

namespace rehearse::script {

inline constexpr double kLongestVideo = 60;  // seconds
inline constexpr int kFramesPerSecond = 24;

// A playable MP4: H.264 (constrained baseline), no sound, a still picture of noise renewed every
// two seconds, exact to a frame. Weighs about 1.5 bytes a pixel every two seconds. Sides are even,
// 16 to 4,096. Only a `free` box depends on `content`.
struct Mp4Spec {
  wire::ImageSize size;
  double seconds = 4;
  std::uint64_t content = 0;
};
Result<std::string> make_mp4(const Mp4Spec& spec);

}  // namespace rehearse::script
