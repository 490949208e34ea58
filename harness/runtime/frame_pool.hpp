#pragma once

#include <cstddef>

namespace rehearse::runtime {

// Memory of coroutine frames: those that have ended are kept for the next of their size, by thread,
// in steps of 16 bytes up to 2 KB and at most 1,024 of each; the rest goes to the heap. Frames come
// and go millions of times a second, and where one stands decides nothing. Under sanitizers all
// goes to the heap, so that a frame that is used after its end is seen.
void* take_frame(std::size_t size);
void give_frame(void* frame, std::size_t size) noexcept;

}  // namespace rehearse::runtime
