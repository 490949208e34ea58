#include "mocks/script/png_encode.hpp"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <vector>

#include "harness/base/check.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int k = 0; k < 8; ++k) {
      c = (c & 1) != 0 ? 0xEDB8'8320U ^ (c >> 1) : c >> 1;
    }
    table[n] = c;
  }
  return table;
}

constexpr auto kCrcTable = make_crc_table();

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t c = 0xFFFF'FFFFU;
  for (const char byte : bytes) {
    c = kCrcTable[(c ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (c >> 8);
  }
  return ~c;
}

std::string big(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16 & 0xFF),
          static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}

void append(png_structp png, png_bytep data, png_size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(data), count);
}

void ignore_flush(png_structp) {}

// libpng leaves by longjmp; nothing in this frame has a destructor.
bool write_png(std::string* out, wire::ImageSize size, png_bytep* rows) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  if (info == nullptr || setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, nullptr);
    return false;
  }
  png_set_write_fn(png, out, append, ignore_flush);
  png_set_IHDR(png, info, static_cast<png_uint_32>(size.width),
               static_cast<png_uint_32>(size.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // Noise has no repeats to search for: entropy coding alone is as small and ten times as fast.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_compression_strategy(png, Z_HUFFMAN_ONLY);
  png_write_info(png, info);
  png_write_image(png, rows);
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return true;
}

// Grey bands with noise of `levels` values in each channel: Huffman codes then take log2(levels)
// bits a channel. The grey moves so slowly that zlib's blocks (16,384 symbols) see nearly one base.
std::vector<png_byte> pixels(wire::ImageSize size, std::uint32_t levels) {
  const auto row_bytes = static_cast<std::size_t>(size.width) * 3;
  std::vector<png_byte> out(row_bytes * static_cast<std::size_t>(size.height));
  constexpr std::size_t kBytesPerGrey = 8192;
  const std::size_t span = 257 - levels;  // greys that leave room for the noise
  Bits bits(levels);
  for (std::int64_t y = 0; y < size.height; ++y) {
    const std::size_t step = static_cast<std::size_t>(y) * row_bytes / kBytesPerGrey;
    const std::size_t turn = step % (2 * span);
    const auto base = static_cast<std::uint32_t>(turn < span ? turn : 2 * span - 1 - turn);
    png_byte* row = out.data() + static_cast<std::size_t>(y) * row_bytes;
    std::uint64_t random = 0;
    for (std::size_t i = 0; i < row_bytes; ++i) {
      random = i % 4 == 0 ? bits.next() : random >> 16;
      row[i] = static_cast<png_byte>(base + ((random & 0xFFFF) * levels >> 16));
    }
  }
  return out;
}

}  // namespace

std::string png_chunk(std::string_view type, std::string_view data) {
  std::string body(type);
  body += data;
  return big(static_cast<std::uint32_t>(data.size())) + body + big(crc_of(body));
}

std::string encode_noise_png(wire::ImageSize size, std::size_t weight) {
  const double channels = static_cast<double>(size.width * size.height) * 3;
  const double bits = std::min(8.0, static_cast<double>(weight) * 8 / channels);
  // Code tables, filter bytes and whole-bit codes cost up to five per cent: aim below.
  const auto levels = static_cast<std::uint32_t>(std::clamp(std::exp2(bits * 0.95), 1.0, 256.0));
  std::vector<png_byte> data = pixels(size, levels);
  std::vector<png_bytep> rows;
  rows.reserve(static_cast<std::size_t>(size.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y) {
    rows.push_back(data.data() + y * static_cast<std::size_t>(size.width) * 3);
  }
  std::string out;
  const bool written = write_png(&out, size, rows.data());
  REHEARSE_CHECK(written);
  return out;
}

}  // namespace rehearse::script
