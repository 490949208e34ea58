#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/rng.hpp"

namespace rehearse::script {

// What an answer is drawn from: the run's seed and the bytes that make the request what it is.
std::uint64_t content_key(std::uint64_t seed, std::string_view request);

// What stands for a request's body there: hash_name() of it, but of an upload, which would hold up
// everybody for tens of milliseconds, one that is ten times as fast.
std::uint64_t body_key(std::string_view body);

// "chatcmpl-" and `length` letters and digits, as providers name their answers.
std::string make_id(std::string_view prefix, std::uint64_t content, std::size_t length = 29);

// An endless sequence of 64 random bits, each a function of the ones before.
class Bits {
 public:
  explicit Bits(std::uint64_t content) : state_(content) {}
  std::uint64_t next() { return state_ = mix64(state_); }
  // Uniform in [0, below); below > 0.
  std::uint64_t below(std::uint64_t below) { return next() % below; }

 private:
  std::uint64_t state_;
};

}  // namespace rehearse::script
