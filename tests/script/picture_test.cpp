#include <webp/decode.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <vector>
// After <cstdio>, which it needs.
#include <jpeglib.h>

#include "harness/wire/base64.hpp"
#include "mocks/script/mp4.hpp"
#include "mocks/script/png.hpp"

using namespace rehearse;
using namespace rehearse::script;
using wire::ImageFormat;
using wire::ImageSize;

namespace {

const std::vector<ImageSize> kSizes = {{1024, 1024}, {256, 320}, {17, 33}, {1, 1}};

// The size that libjpeg decodes to the last row, without one warning.
ImageSize jpeg_size(const std::string& bytes) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg_start_decompress(&jpeg);
  std::vector<unsigned char> row(std::size_t{jpeg.output_width} * 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW line = row.data();
    jpeg_read_scanlines(&jpeg, &line, 1);
  }
  const ImageSize size{jpeg.output_width, jpeg.output_height};
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return errors.num_warnings == 0 ? size : ImageSize{0, 0};
}

ImageSize webp_size(const std::string& bytes) {
  int width = 0;
  int height = 0;
  unsigned char* pixels = WebPDecodeRGB(reinterpret_cast<const unsigned char*>(bytes.data()),
                                        bytes.size(), &width, &height);
  WebPFree(pixels);
  return pixels == nullptr ? ImageSize{0, 0} : ImageSize{width, height};
}

ImageSize decoded(ImageFormat format, const std::string& bytes) {
  return format == ImageFormat::Jpeg ? jpeg_size(bytes) : webp_size(bytes);
}

std::size_t big_endian_at(const std::string& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  }
  return value;
}

}  // namespace

TEST_CASE("JPEG and WebP decode at their size and weigh what real ones weigh") {
  PngMaker maker;
  for (const ImageFormat format : {ImageFormat::Jpeg, ImageFormat::Webp}) {
    for (const ImageSize size : kSizes) {
      INFO(wire::image_format_name(format) << " " << wire::image_size_text(size));
      const wire::Picture picture = maker.make({size, 0, 7, format});
      CHECK(decoded(format, picture.bytes()) == size);
      if (size.width > 100) {
        const double weight = static_cast<double>(typical_weight(size, format));
        CHECK(static_cast<double>(picture.size()) == Approx(weight).epsilon(0.01));
      }
    }
  }
}

TEST_CASE("two answers of one size share their body in every format, and differ") {
  PngMaker maker;
  for (const ImageFormat format : {ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Webp}) {
    const wire::Picture a = maker.make({{64, 64}, 0, 1, format});
    const wire::Picture b = maker.make({{64, 64}, 0, 2, format});
    CHECK(a.shared == b.shared);
    CHECK(a.head != b.head);
    CHECK(a.head.size() % 3 == 0);
    wire::MessageBody base64;
    a.add_base64(base64);
    CHECK(base64.joined() == wire::encode_base64(a.bytes()));
  }
  CHECK(maker.encoded_count() == 3);
}

TEST_CASE("a video has the boxes of an MP4, every sample inside its data") {
  const auto video = make_mp4({{64, 48}, 4, 1});
  REQUIRE(video.ok());
  std::vector<std::string> names;
  std::size_t data_at = 0;
  for (std::size_t at = 0; at < video->size(); at += big_endian_at(*video, at)) {
    names.push_back(video->substr(at + 4, 4));
    data_at = names.back() == "mdat" ? at + 8 : data_at;
    REQUIRE(big_endian_at(*video, at) >= 8);
  }
  CHECK(names == std::vector<std::string>{"ftyp", "free", "moov", "mdat"});
  const std::size_t offset = video->find("stco");
  CHECK(big_endian_at(*video, offset + 12) == data_at);
  const std::size_t table = video->find("stsz");
  const std::size_t count = big_endian_at(*video, table + 12);
  CHECK(count == 4 * kFramesPerSecond);
  std::size_t at = data_at;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = big_endian_at(*video, table + 16 + 4 * i);
    REQUIRE(big_endian_at(*video, at) + 4 == size);
    at += size;
  }
  CHECK(at == video->size());
  CHECK(*make_mp4({{64, 48}, 4, 1}) == *video);
  CHECK(*make_mp4({{64, 48}, 4, 2}) != *video);
}

TEST_CASE("videos of odd sides or impossible lengths are refused") {
  CHECK_FALSE(make_mp4({{63, 48}, 4, 1}).ok());
  CHECK_FALSE(make_mp4({{64, 48}, 0, 1}).ok());
  CHECK_FALSE(make_mp4({{64, 48}, kLongestVideo + 1, 1}).ok());
  CHECK(make_mp4({{18, 34}, 0.01, 1}).ok());
}
