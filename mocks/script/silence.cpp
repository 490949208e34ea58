#include "mocks/script/silence.hpp"

#include <algorithm>
#include <string_view>

#include "mocks/script/byte_order.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

std::size_t frames_of(double seconds, double frame_seconds) {
  return static_cast<std::size_t>(std::max(seconds / frame_seconds + 0.5, 1.0));
}

std::string repeated(std::string_view frame, std::size_t count) {
  std::string out;
  out.reserve(frame.size() * count);
  for (std::size_t i = 0; i < count; ++i) {
    out += frame;
  }
  return out;
}

// A CRC with its highest bit first and no final inversion, as FLAC and Ogg use it.
std::uint32_t crc(std::string_view bytes, std::uint32_t polynomial, int width) {
  const std::uint32_t top = 1U << (width - 1);
  std::uint32_t c = 0;
  for (const char byte : bytes) {
    c ^= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << (width - 8);
    for (int k = 0; k < 8; ++k) {
      c = (c & top) != 0 ? c << 1 ^ polynomial : c << 1;
    }
  }
  return width == 32 ? c : c & ((1U << width) - 1);
}

// "name" of a Vorbis comment block: the vendor alone, which is where answers differ.
std::string vorbis_comment(std::uint64_t content) {
  const std::string vendor = make_id("rehearse-", content, 24);
  return little_endian(vendor.size(), 4) + vendor + little_endian(0, 4);
}

// FLAC's frame numbers are written like UTF-8.
std::string coded_number(std::uint32_t n) {
  if (n < 0x80) {
    return std::string(1, static_cast<char>(n));
  }
  if (n < 0x800) {
    return {static_cast<char>(0xC0 | n >> 6), static_cast<char>(0x80 | (n & 0x3F))};
  }
  return {static_cast<char>(0xE0 | n >> 12), static_cast<char>(0x80 | (n >> 6 & 0x3F)),
          static_cast<char>(0x80 | (n & 0x3F))};
}

// RFC 9639: one constant subframe of `samples` zeros; 24 kHz, mono, 16 bit.
std::string flac_frame(std::uint32_t number, std::uint32_t samples) {
  std::string frame("\xFF\xF8\x77\x08", 4);  // block size in 16 bits at the end of the header
  frame += coded_number(number) + big_endian(samples - 1, 2);
  frame += static_cast<char>(crc(frame, 0x07, 8));
  frame += std::string(3, '\0');  // constant subframe, value 0
  return frame + big_endian(crc(frame, 0x8005, 16), 2);
}

struct OggPage {
  std::uint8_t flags = 0;  // 2: first page, 4: last
  std::uint64_t granule = 0;
  std::uint32_t sequence = 0;
  std::string segments;  // lacing values, all below 255
  std::string data;
};

std::string ogg_page(const OggPage& page) {
  std::string out = std::string("OggS") + '\0' + static_cast<char>(page.flags) +
                    little_endian(page.granule, 8) + little_endian(1, 4) +
                    little_endian(page.sequence, 4) + little_endian(0, 4) +
                    static_cast<char>(page.segments.size()) + page.segments + page.data;
  out.replace(22, 4, little_endian(crc(out, 0x04C1'1DB7, 32), 4));
  return out;
}

}  // namespace

std::string id3_tag(std::uint64_t content) {
  const std::string text = make_id("rehearse-", content, 24);
  const std::string body = std::string(1, '\0') + "eng" + std::string(1, '\0') + text;
  const auto synchsafe = [](std::size_t n) {
    std::string out;
    for (int shift = 21; shift >= 0; shift -= 7) {
      out += static_cast<char>(n >> shift & 0x7F);
    }
    return out;
  };
  const std::string frame = "COMM" + synchsafe(body.size()) + std::string(2, '\0') + body;
  return std::string("ID3\x04\0\0", 6) + synchsafe(frame.size()) + frame;
}

// MPEG 2 layer III: 192 bytes for 576 samples. All-zero side information means no main data.
std::string silent_mp3(double seconds, std::uint64_t content) {
  std::string frame("\xFF\xF3\x84\xC4");
  frame.resize(192, '\0');
  return id3_tag(content) + repeated(frame, frames_of(seconds, kMp3FrameSeconds));
}

// AAC-LC: 1,024 samples in a single channel element without scale factor bands, then the end mark.
std::string silent_aac(double seconds, std::uint64_t content) {
  constexpr double kFrame = 1024.0 / kSampleRate;
  constexpr std::string_view kSilent("\xFF\xF1\x58\x40\x01\x7F\xFC\x00\x00\x00\x07", 11);
  return id3_tag(content) + repeated(kSilent, frames_of(seconds, kFrame));
}

std::string silent_flac(double seconds, std::uint64_t content) {
  constexpr std::uint32_t kSamples = 4096;
  const auto samples = static_cast<std::uint64_t>(std::max(seconds * kSampleRate + 0.5, 1.0));
  // 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of samples; an unknown MD5 is zero.
  const std::uint64_t facts = std::uint64_t{kSampleRate} << 44 | std::uint64_t{15} << 36 | samples;
  const std::string comment = vorbis_comment(content);
  std::string out = "fLaC" + big_endian(34, 4) + big_endian(kSamples, 2) + big_endian(kSamples, 2) +
                    std::string(6, '\0') + big_endian(facts, 8) + std::string(16, '\0') + '\x84' +
                    big_endian(comment.size(), 3) + comment;
  std::uint32_t number = 0;
  for (std::uint64_t at = 0; at < samples; at += kSamples) {
    out += flac_frame(number++,
                      static_cast<std::uint32_t>(std::min<std::uint64_t>(kSamples, samples - at)));
  }
  return out;
}

// RFC 7845 and 6716: "\xF8\xFF\xFE" is 20 ms of silence; fifty of them a page.
std::string silent_opus(double seconds, std::uint64_t content) {
  constexpr std::uint64_t kRate = 48'000;
  constexpr std::uint64_t kPacket = 960;
  constexpr std::uint64_t kPreSkip = 312;
  constexpr std::string_view kSilent("\xF8\xFF\xFE", 3);
  const auto end = kPreSkip + static_cast<std::uint64_t>(seconds * kRate + 0.5);
  const std::string head = std::string("OpusHead\x01\x01", 10) + little_endian(kPreSkip, 2) +
                           little_endian(kSampleRate, 4) + std::string(3, '\0');
  const std::string tags = "OpusTags" + vorbis_comment(content);
  std::string out = ogg_page({2, 0, 0, std::string(1, static_cast<char>(head.size())), head}) +
                    ogg_page({0, 0, 1, std::string(1, static_cast<char>(tags.size())), tags});
  std::uint32_t sequence = 2;
  for (std::uint64_t at = 0; at < end;) {
    const std::uint64_t packets = std::min<std::uint64_t>(50, (end - at + kPacket - 1) / kPacket);
    at += packets * kPacket;
    const bool last = at >= end;
    out += ogg_page({static_cast<std::uint8_t>(last ? 4 : 0), last ? end : at, sequence++,
                     std::string(packets, '\x03'), repeated(kSilent, packets)});
  }
  return out;
}

}  // namespace rehearse::script
