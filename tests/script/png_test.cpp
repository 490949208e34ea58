#include <png.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include "mocks/script/png.hpp"

using namespace rehearse;
using namespace rehearse::script;
using wire::ImageSize;

namespace {

// The size that libpng decodes, every chunk's checksum included; 0x0 where it refuses the file.
ImageSize decoded_size(const std::string& bytes) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    return {0, 0};
  }
  image.format = PNG_FORMAT_RGB;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  const bool good = png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0 &&
                    image.warning_or_error == 0;
  return good ? ImageSize{image.width, image.height} : ImageSize{0, 0};
}

}  // namespace

TEST_CASE("an image decodes at its size and weighs what a real one weighs") {
  PngMaker maker;
  for (const ImageSize size : {ImageSize{1792, 1024}, ImageSize{1024, 1024}, ImageSize{256, 256}}) {
    const wire::Picture png = maker.make({size, 0, 7});
    CHECK(decoded_size(png.bytes()) == size);
    const double weight = static_cast<double>(typical_png_weight(size));
    CHECK(static_cast<double>(png.size()) == Approx(weight).epsilon(0.001));
  }
  CHECK(typical_png_weight({1792, 1024}) > 2'900'000);
  CHECK(typical_png_weight({1024, 1024}) > 1'500'000);
  CHECK(typical_png_weight({1024, 1024}) < 2'000'000);
}

TEST_CASE("odd sizes and weights still decode") {
  PngMaker maker;
  for (const ImageSize size : {ImageSize{1, 1}, ImageSize{3, 7}, ImageSize{64, 1}}) {
    for (const std::size_t weight : {std::size_t{1}, std::size_t{200}, std::size_t{50'000}}) {
      const wire::Picture png = maker.make({size, weight, 1});
      INFO(size.width << "x" << size.height << " of " << weight);
      CHECK(decoded_size(png.bytes()) == size);
      CHECK(png.size() >= weight - std::min<std::size_t>(weight, 12));
    }
  }
}

TEST_CASE("one body serves every answer of its size, only the text chunk differs") {
  PngMaker maker;
  const wire::Picture a = maker.make({{64, 64}, 0, 1});
  const wire::Picture b = maker.make({{64, 64}, 0, 2});
  CHECK(maker.encoded_count() == 1);
  CHECK(a.shared == b.shared);
  CHECK(a.head != b.head);
  CHECK(a.head.size() == b.head.size());
  CHECK(decoded_size(b.bytes()) == ImageSize{64, 64});
  PngMaker other;
  CHECK(other.make({{64, 64}, 0, 1}).bytes() == a.bytes());
}

TEST_CASE("a damaged checksum would be noticed by this test's decoder") {
  PngMaker maker;
  std::string bytes = maker.make({{8, 8}, 0, 1}).bytes();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  CHECK_FALSE(decoded_size(bytes) == ImageSize{8, 8});
}

TEST_CASE("the cache holds its cap and what was dropped is made again alike") {
  PngMaker maker(60'000);  // a body of 20,000 bytes, and its base64, is there once
  const std::string first = maker.make({{64, 64}, 20'000, 1}).bytes();
  maker.make({{64, 65}, 20'000, 1});
  maker.make({{64, 66}, 20'000, 1});
  CHECK(maker.cached_bytes() <= 60'000);
  CHECK(maker.encoded_count() == 3);
  CHECK(maker.make({{64, 64}, 20'000, 1}).bytes() == first);
  CHECK(maker.encoded_count() == 4);
}

TEST_CASE("many threads asking for one size encode it once") {
  PngMaker maker;
  std::vector<std::string> heads(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    threads.emplace_back([&maker, &heads, i] { heads[i] = maker.make({{128, 128}, 0, i}).head; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(maker.encoded_count() == 1);
  CHECK(heads[0] != heads[1]);
}
