#include "harness/runtime/frame_pool.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include "harness/base/rng.hpp"

using namespace rehearse;
using namespace rehearse::runtime;

namespace {

struct Frame {
  std::size_t size = 0;
  unsigned char mark = 0;
  unsigned char* memory = nullptr;

  Frame(std::size_t bytes, unsigned char with)
      : size(bytes), mark(with), memory(static_cast<unsigned char*>(take_frame(bytes))) {
    std::memset(memory, mark, size);
  }
  bool is_whole() const {
    return std::all_of(memory, memory + size, [this](unsigned char c) { return c == mark; });
  }
  void end() { give_frame(memory, size); }
};

}  // namespace

TEST_CASE("frames of all sizes keep what is written to them while others come and go") {
  std::uint64_t state = 7;
  const auto next = [&](std::uint64_t below) { return (state = mix64(state)) % below; };
  std::vector<Frame> alive;
  for (int step = 0; step < 20'000; ++step) {
    if (alive.size() < 10 || next(alive.size()) < 1'500) {
      alive.emplace_back(1 + next(3'000), static_cast<unsigned char>(step));
      CHECK(reinterpret_cast<std::uintptr_t>(alive.back().memory) % alignof(std::max_align_t) == 0);
    }
    if (next(2) == 0) {
      std::swap(alive[next(alive.size())], alive.back());
      REQUIRE(alive.back().is_whole());
      alive.back().end();
      alive.pop_back();
    }
  }
  for (Frame& frame : alive) {
    REQUIRE(frame.is_whole());
    frame.end();
  }
}

TEST_CASE("a frame may end on another thread than it began on") {
  std::vector<Frame> frames;
  std::thread([&] {
    for (std::size_t i = 0; i < 3'000; ++i) {
      frames.emplace_back(1 + i % 700, static_cast<unsigned char>(i));
    }
  }).join();
  std::size_t whole = 0;
  std::thread([&] {
    for (Frame& frame : frames) {
      whole += frame.is_whole() ? 1U : 0U;
      frame.end();
    }
    Frame again(300, 5);  // from what the other thread took
    again.end();
  }).join();
  CHECK(whole == frames.size());
}
