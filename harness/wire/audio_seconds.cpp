#include "harness/wire/audio_seconds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace rehearse::wire {
namespace {

constexpr double kFallbackBytesPerSecond = 128'000.0 / 8;
constexpr double kLongestAudio = 1e6;

// Bounds-checked integers of a file; zero past its end.
class Bytes {
 public:
  explicit Bytes(std::string_view all) : all_(all) {}
  std::size_t size() const { return all_.size(); }
  bool has(std::size_t at, std::string_view tag) const {
    return at <= all_.size() && all_.substr(at, tag.size()) == tag;
  }
  std::uint64_t big(std::size_t at, unsigned count) const {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i) {
      value = value << 8 | byte(at + i);
    }
    return value;
  }
  std::uint64_t little(std::size_t at, unsigned count) const {
    std::uint64_t value = 0;
    for (unsigned i = count; i > 0; --i) {
      value = value << 8 | byte(at + i - 1);
    }
    return value;
  }
  std::uint64_t byte(std::size_t at) const {
    return at < all_.size() ? static_cast<unsigned char>(all_[at]) : 0U;
  }
  std::string_view all() const { return all_; }

 private:
  std::string_view all_;
};

std::optional<double> wav_seconds(const Bytes& file) {
  std::uint64_t byte_rate = 0;
  std::size_t at = 12;
  while (at + 8 <= file.size()) {
    const std::uint64_t length = file.little(at + 4, 4);
    if (file.has(at, "fmt ")) {
      byte_rate = file.little(at + 16, 4);
    } else if (file.has(at, "data")) {
      // Streams write 0 or 2^32-1 there: then the rest of the file counts.
      const std::uint64_t rest = file.size() - at - 8;
      const std::uint64_t bytes = length == 0 ? rest : std::min(length, rest);
      return byte_rate == 0
                 ? std::nullopt
                 : std::optional(static_cast<double>(bytes) / static_cast<double>(byte_rate));
    }
    at += 8 + static_cast<std::size_t>(length + (length & 1));
  }
  return std::nullopt;
}

struct Mp3Frame {
  std::size_t bytes = 0;
  double samples = 0;
  double rate = 0;
  std::size_t side_bytes = 0;  // between the header and a Xing tag
};

// ISO 11172-3 / 13818-3, layer III.
std::optional<Mp3Frame> mp3_frame(const Bytes& file, std::size_t at) {
  constexpr std::array<std::uint64_t, 16> kRates1 = {0,   32,  40,  48,  56,  64,  80,  96,
                                                     112, 128, 160, 192, 224, 256, 320, 0};
  constexpr std::array<std::uint64_t, 16> kRates2 = {0,  8,  16, 24,  32,  40,  48,  56,
                                                     64, 80, 96, 112, 128, 144, 160, 0};
  constexpr std::array<std::uint64_t, 3> kSamples = {44'100, 48'000, 32'000};
  const std::uint64_t head = file.big(at, 4);
  const std::uint64_t version = head >> 19 & 3;  // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const std::uint64_t layer = head >> 17 & 3;    // 1: layer III
  const std::uint64_t rate_index = head >> 10 & 3;
  if (head >> 21 != 0x7FF || version == 1 || layer != 1 || rate_index == 3) {
    return std::nullopt;
  }
  const bool first = version == 3;
  const std::uint64_t kbits = (first ? kRates1 : kRates2)[head >> 12 & 15];
  const std::uint64_t rate = kSamples[rate_index] / (first ? 1U : version == 2 ? 2U : 4U);
  const std::uint64_t bytes = (first ? 144U : 72U) * kbits * 1000 / rate + (head >> 9 & 1);
  if (kbits == 0) {
    return std::nullopt;
  }
  const bool mono = (head >> 6 & 3) == 3;
  return Mp3Frame{static_cast<std::size_t>(bytes), first ? 1152.0 : 576.0,
                  static_cast<double>(rate), first ? (mono ? 17U : 32U) : (mono ? 9U : 17U)};
}

// The end of a leading ID3v2 tag, whose size stands in four 7-bit bytes.
std::size_t after_id3(const Bytes& file) {
  if (!file.has(0, "ID3")) {
    return 0;
  }
  const auto part = [&](std::size_t i) { return file.byte(6 + i) & 0x7F; };
  return 10 + static_cast<std::size_t>(part(0) << 21 | part(1) << 14 | part(2) << 7 | part(3));
}

bool is_adts(const Bytes& file, std::size_t at) { return (file.big(at, 2) & 0xFFF6) == 0xFFF0; }

// ISO 14496-3: each ADTS header has the frame's bytes; 1,024 samples a frame.
std::optional<double> adts_seconds(const Bytes& file, std::size_t at) {
  constexpr std::array<double, 16> kRates = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000,
                                             24'000, 22'050, 16'000, 12'000, 11'025, 8'000,
                                             7'350,  0,      0,      0};
  double seconds = 0;
  while (is_adts(file, at)) {
    const double rate = kRates[file.byte(at + 2) >> 2 & 15];
    const auto bytes = static_cast<std::size_t>(file.big(at + 3, 3) >> 5 & 0x1FFF);
    if (rate <= 0 || bytes < 7 || at + bytes > file.size()) {
      break;
    }
    seconds += 1024 / rate;
    at += bytes;
  }
  return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

// RFC 9639: STREAMINFO comes first; a count of zero means unknown.
std::optional<double> flac_seconds(const Bytes& file) {
  const std::uint64_t facts = file.big(18, 8);
  const std::uint64_t rate = facts >> 44;
  const std::uint64_t samples = facts & 0xF'FFFF'FFFF;
  if (file.size() < 42 || rate == 0 || samples == 0) {
    return std::nullopt;
  }
  return static_cast<double>(samples) / static_cast<double>(rate);
}

std::optional<double> mp3_seconds(const Bytes& file, std::size_t start) {
  std::size_t at = start;
  const auto first = mp3_frame(file, at);
  if (!first) {
    return std::nullopt;
  }
  const std::size_t tag = at + 4 + first->side_bytes;
  const bool counted =
      (file.has(tag, "Xing") || file.has(tag, "Info")) && (file.big(tag + 4, 4) & 1) != 0;
  if (counted) {
    return static_cast<double>(file.big(tag + 8, 4)) * first->samples / first->rate;
  }
  double seconds = 0;
  while (const auto frame = mp3_frame(file, at)) {
    if (at + frame->bytes > file.size()) {
      break;
    }
    seconds += frame->samples / frame->rate;
    at += frame->bytes;
  }
  return seconds;
}

std::optional<double> ogg_seconds(const Bytes& file) {
  double rate = 0;
  double skipped = 0;  // Opus decodes at 48 kHz, less its pre-skip
  const std::size_t head = 27 + static_cast<std::size_t>(file.byte(26));
  if (file.has(head, "OpusHead")) {
    rate = 48'000;
    skipped = static_cast<double>(file.little(head + 10, 2));
  } else if (file.has(head, "\x01vorbis")) {
    rate = static_cast<double>(file.little(head + 12, 4));
  }
  const std::size_t last = file.all().rfind("OggS");
  if (rate <= 0 || last == std::string_view::npos || last + 14 > file.size()) {
    return std::nullopt;
  }
  const std::uint64_t granule = file.little(last + 6, 8);
  if (granule >> 63 != 0) {  // -1: no packet ends on that page
    return std::nullopt;
  }
  return std::max(static_cast<double>(granule) - skipped, 0.0) / rate;
}

// The content of the first box of that kind between two offsets.
std::optional<std::pair<std::size_t, std::size_t>> mp4_box(const Bytes& file, std::size_t at,
                                                           std::size_t end, std::string_view kind) {
  while (at + 8 <= end) {
    std::uint64_t length = file.big(at, 4);
    const std::size_t head = length == 1 ? 16 : 8;
    length = length == 1 ? file.big(at + 8, 8) : length == 0 ? end - at : length;
    if (length < head || length > end - at) {
      return std::nullopt;
    }
    if (file.has(at + 4, kind)) {
      return std::pair(at + head, at + static_cast<std::size_t>(length));
    }
    at += static_cast<std::size_t>(length);
  }
  return std::nullopt;
}

std::optional<double> mp4_seconds(const Bytes& file) {
  const auto movie = mp4_box(file, 0, file.size(), "moov");
  const auto head = movie ? mp4_box(file, movie->first, movie->second, "mvhd") : std::nullopt;
  if (!head) {
    return std::nullopt;
  }
  const bool wide = file.byte(head->first) == 1;
  const std::size_t scale = head->first + (wide ? 20 : 12);
  const std::uint64_t rate = file.big(scale, 4);
  const std::uint64_t length = file.big(scale + 4, wide ? 8 : 4);
  if (rate == 0 || scale + (wide ? 12U : 8U) > head->second) {
    return std::nullopt;
  }
  return static_cast<double>(length) / static_cast<double>(rate);
}

}  // namespace

AudioLength audio_seconds(std::string_view bytes) {
  const Bytes file(bytes);
  AudioLength length;
  std::optional<double> seconds;
  if (file.has(0, "RIFF") && file.has(8, "WAVE")) {
    length.container = AudioContainer::Wav;
    seconds = wav_seconds(file);
  } else if (file.has(0, "OggS")) {
    length.container = AudioContainer::Ogg;
    seconds = ogg_seconds(file);
  } else if (file.has(4, "ftyp")) {
    length.container = AudioContainer::Mp4;
    seconds = mp4_seconds(file);
  } else if (file.has(0, "fLaC")) {
    length.container = AudioContainer::Flac;
    seconds = flac_seconds(file);
  } else if (is_adts(file, after_id3(file))) {
    length.container = AudioContainer::Aac;
    seconds = adts_seconds(file, after_id3(file));
  } else if (file.has(0, "ID3") || mp3_frame(file, 0)) {
    length.container = AudioContainer::Mp3;
    seconds = mp3_seconds(file, after_id3(file));
  }
  length.from_header = seconds.has_value() && *seconds <= kLongestAudio;
  length.seconds =
      length.from_header
          ? *seconds
          : std::min(static_cast<double>(bytes.size()) / kFallbackBytesPerSecond, kLongestAudio);
  return length;
}

}  // namespace rehearse::wire
