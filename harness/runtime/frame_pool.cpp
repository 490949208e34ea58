#include "harness/runtime/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>

namespace rehearse::runtime {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define REHEARSE_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REHEARSE_SANITIZED
#endif
#ifdef REHEARSE_SANITIZED
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

// A shelf holds frames of up to 8 bytes more than a multiple of 16: what malloc hands out whole.
constexpr std::size_t kStep = 16;
constexpr std::size_t kOver = 8;
constexpr std::size_t kSizes = 128;
constexpr std::uint32_t kMostIdle = 1024;

constexpr std::size_t place_of(std::size_t size) { return (size - kOver + kStep - 1) / kStep; }

struct Idle {
  Idle* next;
};
struct Shelf {
  Idle* first;
  std::uint32_t count;
};
// Without constructor and destructor, so that it costs nothing to reach and may be used at any
// time, also by what ends after its thread's other objects.
struct Shelves {
  std::array<Shelf, kSizes> by_size;
  bool closed;  // the thread ends: keep nothing
};
constinit thread_local Shelves shelves{};

// Frees what a thread kept.
struct Closer {
  ~Closer() {
    shelves.closed = true;
    for (Shelf& shelf : shelves.by_size) {
      while (shelf.first != nullptr) {
        Idle* const idle = shelf.first;
        shelf.first = idle->next;
        ::operator delete(idle);
      }
      shelf.count = 0;
    }
  }
  void arm() {}
};
thread_local Closer closer;

}  // namespace

void* take_frame(std::size_t size) {
  const std::size_t place = place_of(size);
  if (!kPooled || place >= kSizes) {
    return ::operator new(size);
  }
  Shelf& shelf = shelves.by_size[place];
  if (shelf.first == nullptr) {
    return ::operator new(place * kStep + kOver);
  }
  Idle* const frame = shelf.first;
  shelf.first = frame->next;
  --shelf.count;
  return frame;
}

void give_frame(void* frame, std::size_t size) noexcept {
  const std::size_t place = place_of(size);
  if (!kPooled || place >= kSizes || shelves.by_size[place].count >= kMostIdle || shelves.closed) {
    ::operator delete(frame);
    return;
  }
  Shelf& shelf = shelves.by_size[place];
  if (shelf.first == nullptr) {
    closer.arm();
  }
  shelf.first = new (frame) Idle{shelf.first};
  ++shelf.count;
}

}  // namespace rehearse::runtime
