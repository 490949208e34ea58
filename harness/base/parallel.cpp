#include "harness/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace rehearse {

void for_each_parallel(std::size_t n, const std::function<void(std::size_t)>& work,
                       unsigned threads) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      work(i);
    }
  };
  if (threads == 0) {
    threads = std::max(1U, std::thread::hardware_concurrency());
  }
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, n); ++i) {
    others.emplace_back(run);
  }
  run();
}

}  // namespace rehearse
