#include "mocks/script/movie.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>

namespace rehearse::script {
namespace {

constexpr std::uint32_t kTimescale = 1000;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8 * i) & 0xFF);
  }
}

std::string box(std::string_view name, const std::string& content) {
  std::string out;
  put(out, content.size() + 8, 4);
  out += name;
  return out + content;
}

// A box with a version and flags.
std::string full(std::string_view name, std::uint32_t flags, const std::string& content) {
  std::string head;
  put(head, flags, 4);
  return box(name, head + content);
}

std::string numbers(std::initializer_list<std::uint32_t> values) {
  std::string out;
  for (const std::uint32_t value : values) {
    put(out, value, 4);
  }
  return out;
}

std::string matrix() { return numbers({0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000}); }

std::string sample_entry(wire::ImageSize size) {
  std::string out(6, '\0');
  put(out, 1, 2);  // data reference
  out.append(16, '\0');
  put(out, static_cast<std::uint64_t>(size.width), 2);
  put(out, static_cast<std::uint64_t>(size.height), 2);
  out += numbers({0x480000, 0x480000, 0});  // 72 dots an inch
  put(out, 1, 2);                           // frames a sample
  out.append(32, '\0');                     // compressor
  put(out, 24, 2);                          // depth
  put(out, 0xFFFF, 2);
  return box("png ", out);
}

std::string sample_table(const MovieSpec& spec, std::uint32_t offset, std::uint32_t duration) {
  const std::uint32_t frames = std::max<std::uint32_t>((duration + 999) / kTimescale, 1);
  const std::uint32_t last = duration - (frames - 1) * kTimescale;
  const std::string times =
      frames == 1 ? numbers({1, 1, last}) : numbers({2, frames - 1, kTimescale, 1, last});
  std::string offsets = numbers({frames});
  for (std::uint32_t i = 0; i < frames; ++i) {
    put(offsets, offset, 4);
  }
  return box("stbl",
             full("stsd", 0, numbers({1}) + sample_entry(spec.size)) + full("stts", 0, times) +
                 full("stsc", 0, numbers({1, 1, 1, 1})) +
                 full("stsz", 0, numbers({static_cast<std::uint32_t>(spec.png.size()), frames})) +
                 full("stco", 0, offsets));
}

}  // namespace

std::string make_movie(const MovieSpec& spec) {
  const auto duration = static_cast<std::uint32_t>(
      std::llround(std::clamp(spec.seconds, 0.001, 3600.0) * kTimescale));
  std::string out = box("ftyp", "isom" + numbers({512}) + "isomiso2mp41");
  const auto offset = static_cast<std::uint32_t>(out.size() + 8);
  out += box("mdat", spec.png);
  const auto width = static_cast<std::uint32_t>(spec.size.width) << 16;
  const auto height = static_cast<std::uint32_t>(spec.size.height) << 16;
  const std::string header = full("mvhd", 0,
                                  numbers({0, 0, kTimescale, duration, 0x10000, 0x1000000, 0, 0}) +
                                      matrix() + numbers({0, 0, 0, 0, 0, 0, 2}));
  const std::string track = full(
      "tkhd", 3, numbers({0, 0, 1, 0, duration, 0, 0, 0, 0}) + matrix() + numbers({width, height}));
  const std::string media =
      full("mdhd", 0, numbers({0, 0, kTimescale, duration, 0x55C40000})) +
      full("hdlr", 0, numbers({0}) + "vide" + numbers({0, 0, 0}) + std::string(1, '\0')) +
      box("minf", full("vmhd", 1, std::string(8, '\0')) +
                      box("dinf", full("dref", 0, numbers({1}) + full("url ", 1, ""))) +
                      sample_table(spec, offset, duration));
  out += box("moov", header + box("trak", track + box("mdia", media)));
  if (spec.weight > out.size() + 8) {
    out += box("free", std::string(spec.weight - out.size() - 8, '\0'));
  }
  return out;
}

}  // namespace rehearse::script
