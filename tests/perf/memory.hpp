#pragma once

#include <malloc.h>

#include <fstream>
#include <string>

namespace rehearse::perf {

// The most memory that this process held at once since the last reset, in MB (10^6 bytes).
inline double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmHWM:") {
      double kb = 0;
      status >> kb;
      return kb * 1.024e-3;
    }
  }
  return 0;
}

// The peak starts again from what is held now. What earlier benchmarks freed goes back to the
// system first: the next one would take it again, and seem to need nothing.
inline void reset_peak_memory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace rehearse::perf
