#include "mocks/script/image_encode.hpp"

#include <webp/encode.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>
// After <cstdio>, which it needs.
#include <jpeglib.h>

#include "harness/base/check.hpp"
#include "mocks/script/byte_order.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

// So that the lead and the text together are a multiple of three.
constexpr std::size_t kJpegLetters = 33;
constexpr std::size_t kWebpLetters = 34;

// Soft bands with noise on them: what an encoder keeps of it depends on its quality.
std::vector<unsigned char> noisy(wire::ImageSize size) {
  const auto row = static_cast<std::size_t>(size.width) * 3;
  std::vector<unsigned char> out(row * static_cast<std::size_t>(size.height));
  Bits bits(row);
  std::uint64_t random = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    random = i % 8 == 0 ? bits.next() : random >> 8;
    const std::size_t band = 64 + (i / row / 4 + i % row / 24) % 128;
    out[i] = static_cast<unsigned char>(band + (random & 0x1F));
  }
  return out;
}

std::string jpeg_of(std::vector<unsigned char>& pixels, wire::ImageSize size, int quality) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};  // its default ends the program: only a lack of memory gets there
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long count = 0;
  jpeg_mem_dest(&jpeg, &bytes, &count);
  jpeg.image_width = static_cast<JDIMENSION>(size.width);
  jpeg.image_height = static_cast<JDIMENSION>(size.height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg.dct_method = JDCT_ISLOW;  // whole numbers: the same bytes on every machine
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  const auto row = static_cast<std::size_t>(size.width) * 3;
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW line = pixels.data() + jpeg.next_scanline * row;
    jpeg_write_scanlines(&jpeg, &line, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string out(reinterpret_cast<char*>(bytes), count);
  std::free(bytes);
  return out;
}

std::string webp_of(const std::vector<unsigned char>& pixels, wire::ImageSize size, float quality) {
  WebPConfig config;
  WebPPicture picture;
  bool good = WebPConfigInit(&config) != 0 && WebPPictureInit(&picture) != 0;
  REHEARSE_CHECK(good);
  config.quality = quality;
  config.method = 0;
  picture.width = static_cast<int>(size.width);
  picture.height = static_cast<int>(size.height);
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  good = WebPPictureImportRGB(&picture, pixels.data(), static_cast<int>(size.width) * 3) != 0 &&
         WebPEncode(&config, &picture) != 0;
  REHEARSE_CHECK(good);
  std::string out(reinterpret_cast<const char*>(writer.mem), writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&picture);
  return out;
}

// The best quality whose bytes are not past the weight.
template <class Encode>
std::string up_to(std::size_t weight, Encode encode) {
  std::string out;
  for (const int quality : {92, 75, 50, 25, 5}) {
    out = encode(quality);
    if (out.size() <= weight) {
      break;
    }
  }
  return out;
}

std::string riff_chunk(std::string_view type, std::string_view data) {
  std::string out(type);
  out += little_endian(data.size(), 4);
  out += data;
  return data.size() % 2 == 0 ? out : out + '\0';
}

std::string filler(std::size_t bytes) {
  Bits bits(bytes);
  std::string out(bytes, '\0');
  for (char& byte : out) {
    byte = static_cast<char>(bits.next() & 0x7F);  // never the mark 0xFF
  }
  return out;
}

}  // namespace

std::string jpeg_text(std::uint64_t content) {
  return "\xFF\xFE" + big_endian(kJpegLetters + 2, 2) + make_id("", content, kJpegLetters);
}

PictureParts encode_noise_jpeg(wire::ImageSize size, std::size_t weight) {
  std::vector<unsigned char> pixels = noisy(size);
  const std::string jpeg =
      up_to(weight, [&](int quality) { return jpeg_of(pixels, size, quality); });
  constexpr std::size_t kHead = 2;          // the start mark
  constexpr std::size_t kSegment = 65'533;  // that one comment may hold
  std::string pad;
  const std::size_t bare = jpeg.size() + jpeg_text(0).size();
  for (std::size_t left = weight > bare ? weight - bare : 0; left > 4;) {
    const std::size_t data = std::min(left - 4, kSegment);
    pad += "\xFF\xFE" + big_endian(data + 2, 2) + filler(data);
    left -= data + 4;
  }
  return {jpeg.substr(0, kHead), pad + jpeg.substr(kHead)};
}

std::string webp_text(std::uint64_t content) {
  return riff_chunk("XMP ", make_id("", content, kWebpLetters));
}

PictureParts encode_noise_webp(wire::ImageSize size, std::size_t weight) {
  const std::vector<unsigned char> pixels = noisy(size);
  const std::string plain = up_to(
      weight, [&](int quality) { return webp_of(pixels, size, static_cast<float>(quality)); });
  constexpr std::size_t kRiffHead = 12;
  constexpr char kHasXmp = 4;
  const std::string extended =
      riff_chunk("VP8X", std::string(1, kHasXmp) + std::string(3, '\0') +
                             little_endian(static_cast<std::uint64_t>(size.width - 1), 3) +
                             little_endian(static_cast<std::uint64_t>(size.height - 1), 3));
  std::string body = plain.substr(kRiffHead);
  const std::size_t bare = kRiffHead + extended.size() + webp_text(0).size() + body.size();
  if (weight > bare + 8) {
    body += riff_chunk("rhPd", filler((weight - bare - 8) & ~std::size_t{1}));
  }
  const std::size_t inside = 4 + extended.size() + webp_text(0).size() + body.size();
  return {"RIFF" + little_endian(inside, 4) + "WEBP" + extended, std::move(body)};
}

}  // namespace rehearse::script
