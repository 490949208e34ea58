#pragma once

#include <compare>
#include <cstdint>

namespace rehearse {

// An integer that only mixes with its own kind, so that tokens are never added to bytes.
template <typename Tag, typename Int = std::int64_t>
struct Count {
  Int value = 0;
  constexpr auto operator<=>(const Count&) const = default;
  constexpr Count operator+(Count other) const { return {value + other.value}; }
  constexpr Count operator-(Count other) const { return {value - other.value}; }
  constexpr Count& operator+=(Count other) {
    value += other.value;
    return *this;
  }
};

using TokenCount = Count<struct TokenTag>;
using ByteCount = Count<struct ByteTag>;

// The place of a job in its run, from 0; the same in every run of the same workload.
struct JobId {
  std::uint64_t value = 0;
  constexpr auto operator<=>(const JobId&) const = default;
};

// The place of a stage in the compiled scenario. Results key on names, never on this.
struct StageIndex {
  std::uint32_t value = 0;
  constexpr auto operator<=>(const StageIndex&) const = default;
};

}  // namespace rehearse
