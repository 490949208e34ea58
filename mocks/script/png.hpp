#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/wire/image.hpp"

namespace rehearse::script {

struct PngSpec {
  wire::ImageSize size;
  std::size_t weight = 0;  // bytes of the file; 0: typical_weight(size, format)
  std::uint64_t content = 0;
  wire::ImageFormat format = wire::ImageFormat::Png;
};

// The bytes that a real picture of that size takes: 1.65 a pixel (1024x1024: 1.7 MB,
// 1792x1024: 3.0).
std::size_t typical_png_weight(wire::ImageSize size);
// The same in any format; JPEG and WebP at full quality take a quarter and a sixth of that.
std::size_t typical_weight(wire::ImageSize size, wire::ImageFormat format);

// Makes PNGs (and JPEGs and WebPs) that decode at their size and weigh what was asked (never less
// than their pixels need). Encoding takes tens of milliseconds, so one body per (size, weight,
// format) is kept, the least recently used dropped past `cap` bytes. Safe to use from several
// threads; each body is encoded once.
class PngMaker {
 public:
  explicit PngMaker(std::size_t cap = 64u << 20);
  ~PngMaker();
  PngMaker(const PngMaker&) = delete;
  PngMaker& operator=(const PngMaker&) = delete;

  // Its head is the answer's own, all else is shared by all pictures of its size.
  wire::Picture make(const PngSpec& spec);
  // Whether make() would find it made, and so be a matter of microseconds.
  bool has(const PngSpec& spec) const;
  std::size_t cached_bytes() const;
  std::size_t encoded_count() const;  // bodies encoded so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::script
