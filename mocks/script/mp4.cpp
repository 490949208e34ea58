#include "mocks/script/mp4.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "harness/base/text.hpp"
#include "mocks/script/byte_order.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

constexpr int kFramesPerPicture = 2 * kFramesPerSecond;
constexpr std::int64_t kBlock = 16;  // a macroblock's side

// Bits of a NAL unit: ITU-T H.264, 7.2 and 9.1.
class Bitstream {
 public:
  void bits(std::uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      pending_ = pending_ << 1 | (value >> static_cast<unsigned>(i) & 1U);
      if (++filled_ == 8) {
        bytes_ += static_cast<char>(pending_);
        pending_ = 0;
        filled_ = 0;
      }
    }
  }
  void ue(std::uint32_t value) {  // Exp-Golomb
    int length = 0;
    while ((value + 1) >> (length + 1) != 0) {
      ++length;
    }
    bits(0, length);
    bits(value + 1, length + 1);
  }
  void align() {
    while (filled_ != 0) {
      bits(0, 1);
    }
  }
  void raw(std::string_view bytes) { bytes_ += bytes; }  // when aligned
  // The unit with its head, its stop bit, and the escapes that keep start codes out of it.
  std::string unit(int reference, int type) {
    bits(1, 1);
    align();
    std::string out(1, static_cast<char>(reference << 5 | type));
    out.reserve(bytes_.size() + 16);
    int zeros = 0;
    for (const char byte : bytes_) {
      if (zeros == 2 && static_cast<unsigned char>(byte) <= 3) {
        out += '\x03';
        zeros = 0;
      }
      out += byte;
      zeros = byte == '\0' ? zeros + 1 : 0;
    }
    return out;
  }

 private:
  std::string bytes_;
  std::uint32_t pending_ = 0;
  int filled_ = 0;
};

std::uint32_t blocks(std::int64_t side) {
  return static_cast<std::uint32_t>((side + kBlock - 1) / kBlock);
}

// 7.3.2.1: profile 66 with both constraints, level 4.0; frame numbers of 8 bits, one reference.
std::string sequence_set(wire::ImageSize size) {
  Bitstream out;
  out.bits(66, 8);
  out.bits(0xC0, 8);
  out.bits(40, 8);
  out.ue(0);
  out.ue(4);
  out.ue(2);  // frames come in the order of their numbers
  out.ue(1);
  out.bits(0, 1);
  out.ue(blocks(size.width) - 1);
  out.ue(blocks(size.height) - 1);
  out.bits(1, 1);
  out.bits(1, 1);
  const auto right = static_cast<std::uint32_t>(blocks(size.width) * kBlock - size.width) / 2;
  const auto bottom = static_cast<std::uint32_t>(blocks(size.height) * kBlock - size.height) / 2;
  out.bits(right + bottom > 0 ? 1 : 0, 1);
  if (right + bottom > 0) {
    for (const std::uint32_t edge : {0U, right, 0U, bottom}) {
      out.ue(edge);
    }
  }
  out.bits(0, 1);
  return out.unit(3, 7);
}

// 7.3.2.2: CAVLC, one slice group, no weights; slices may say that nothing is deblocked.
std::string picture_set() {
  Bitstream out;
  out.ue(0);
  out.ue(0);
  out.bits(0, 2);
  out.ue(0);
  out.ue(0);
  out.ue(0);
  out.bits(0, 3);
  out.ue(0);
  out.ue(0);
  out.ue(0);
  out.bits(0b100, 3);
  return out.unit(3, 8);
}

// A whole picture of I_PCM macroblocks; consecutive ones differ in their `parity`.
std::string intra_picture(wire::ImageSize size, std::uint32_t parity) {
  Bitstream out;
  out.ue(0);
  out.ue(7);
  out.ue(0);
  out.bits(0, 8);
  out.ue(parity);
  out.bits(0, 2);
  out.ue(0);
  out.ue(1);
  Bits random(parity + 1);
  const std::uint64_t count = std::uint64_t{blocks(size.width)} * blocks(size.height);
  std::string samples(384, '\x80');  // 256 of brightness, 128 of colour: grey
  for (std::uint64_t i = 0; i < count; ++i) {
    out.ue(25);
    out.align();
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < 256; ++k) {
      bits = k % 8 == 0 ? random.next() : bits >> 8;
      samples[k] = static_cast<char>(64 + (bits & 0x7F));
    }
    out.raw(samples);
  }
  return out.unit(3, 5);
}

// The picture before once more: every macroblock skipped.
std::string same_picture(wire::ImageSize size, std::uint32_t number) {
  Bitstream out;
  out.ue(0);
  out.ue(5);
  out.ue(0);
  out.bits(number, 8);
  out.bits(0, 3);
  out.ue(0);
  out.ue(1);
  out.ue(blocks(size.width) * blocks(size.height));
  return out.unit(2, 1);
}

// ---- boxes, ISO/IEC 14496-12
// ---------------------------------------------------------------------

std::string be(std::uint64_t value, int bytes = 4) { return big_endian(value, bytes); }

std::string box(std::string_view type, std::initializer_list<std::string_view> parts) {
  std::string body;
  for (const std::string_view part : parts) {
    body += part;
  }
  return be(body.size() + 8) + std::string(type) + body;
}

std::string matrix() {  // nothing turned, nothing scaled
  return be(0x10000) + be(0) + be(0) + be(0) + be(0x10000) + be(0) + be(0) + be(0) + be(0x40000000);
}

std::string sample_entry(wire::ImageSize size, const std::string& sps, const std::string& pps) {
  const std::string config = box("avcC", {"\x01", sps.substr(1, 3), "\xFF\xE1", be(sps.size(), 2),
                                          sps, "\x01", be(pps.size(), 2), pps});
  return box("avc1",
             {be(0), be(1), std::string(16, '\0'), be(static_cast<std::uint64_t>(size.width), 2),
              be(static_cast<std::uint64_t>(size.height), 2), be(0x480000), be(0x480000), be(0),
              be(1, 2), std::string(32, '\0'), be(24, 2), "\xFF\xFF", config});
}

struct Samples {
  std::vector<std::size_t> sizes;
  std::vector<std::uint64_t> whole;  // numbers, from 1, of those that stand alone
};

std::string sample_table(const Samples& samples, const std::string& entry, std::size_t offset) {
  std::string sizes;
  for (const std::size_t size : samples.sizes) {
    sizes += be(size);
  }
  std::string whole;
  for (const std::uint64_t number : samples.whole) {
    whole += be(number);
  }
  const std::uint64_t count = samples.sizes.size();
  return box(
      "stbl",
      {box("stsd", {be(0), be(1), entry}), box("stts", {be(0), be(1), be(count), be(1)}),
       box("stss", {be(0), be(samples.whole.size()), whole}),
       box("stsc", {be(0), be(1), be(1), be(count), be(1)}),
       box("stsz", {be(0), be(0), be(count), sizes}), box("stco", {be(0), be(1), be(offset)})});
}

std::string movie(const Mp4Spec& spec, const Samples& samples, const std::string& entry,
                  std::size_t offset) {
  const std::string frames = be(samples.sizes.size());
  const std::string rate = be(kFramesPerSecond);
  const std::string sides = be(static_cast<std::uint64_t>(spec.size.width) << 16) +
                            be(static_cast<std::uint64_t>(spec.size.height) << 16);
  const std::string head =
      box("mvhd", {be(0), be(0), be(0), rate, frames, be(0x10000), be(0x100, 2),
                   std::string(10, '\0'), matrix(), std::string(24, '\0'), be(2)});
  const std::string track = box(
      "tkhd", {be(3), be(0), be(0), be(1), be(0), frames, std::string(16, '\0'), matrix(), sides});
  const std::string media =
      box("mdia",
          {box("mdhd", {be(0), be(0), be(0), rate, frames, be(0x55C4, 2), be(0, 2)}),
           box("hdlr", {be(0), be(0), "vide", std::string(12, '\0'), std::string("video\0", 6)}),
           box("minf", {box("vmhd", {be(1), std::string(8, '\0')}),
                        box("dinf", {box("dref", {be(0), be(1), box("url ", {be(1)})})}),
                        sample_table(samples, entry, offset)})});
  return box("moov", {head, box("trak", {track, media})});
}

}  // namespace

Result<std::string> make_mp4(const Mp4Spec& spec) {
  const auto side = [](std::int64_t n) { return n >= kBlock && n <= 4096 && n % 2 == 0; };
  if (!side(spec.size.width) || !side(spec.size.height)) {
    return Error{"size",
                 "expected even sides of 16 to 4096, found " + wire::image_size_text(spec.size)};
  }
  if (!(spec.seconds > 0 && spec.seconds <= kLongestVideo)) {
    return Error{"seconds", "expected a video of more than 0 and at most " +
                                number_text(kLongestVideo) + " seconds, found " +
                                number_text(spec.seconds)};
  }
  const auto frames = static_cast<int>(spec.seconds * kFramesPerSecond + 0.5);
  const std::string pictures[] = {intra_picture(spec.size, 0), intra_picture(spec.size, 1)};
  Samples samples;
  std::string data;
  for (int i = 0; i < std::max(frames, 1); ++i) {
    const int within = i % kFramesPerPicture;
    const std::string unit = within == 0
                                 ? pictures[i / kFramesPerPicture % 2]
                                 : same_picture(spec.size, static_cast<std::uint32_t>(within));
    if (within == 0) {
      samples.whole.push_back(static_cast<std::uint64_t>(i) + 1);
    }
    samples.sizes.push_back(unit.size() + 4);
    data += be(unit.size()) + unit;
  }
  const std::string start = box("ftyp", {"isom", be(0x200), "isomiso2avc1mp41"}) +
                            box("free", {make_id("rehearse-", spec.content, 24)});
  const std::string entry = sample_entry(spec.size, sequence_set(spec.size), picture_set());
  const std::size_t offset = start.size() + movie(spec, samples, entry, 0).size() + 8;
  return start + movie(spec, samples, entry, offset) + box("mdat", {data});
}

}  // namespace rehearse::script
