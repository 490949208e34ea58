#pragma once

#include <cstddef>
#include <functional>

namespace rehearse {

// Calls work(0) … work(n - 1), each once, on all cores (`threads` of them; 0: as many as there
// are). Returns when all have ended. `work` does not throw; what it computes must not depend on the
// order.
void for_each_parallel(std::size_t n, const std::function<void(std::size_t)>& work,
                       unsigned threads = 0);

}  // namespace rehearse
