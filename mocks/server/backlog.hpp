#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/http_message.hpp"

namespace rehearse::server {

// What has been written to a client and not been taken yet, in its order. Bytes that answers share
// are pointed at, not copied. Holds nothing while it is empty.
class Backlog {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }  // bytes

  void add(std::string_view bytes);
  void add_whole(std::string bytes);
  void add_shared(wire::SharedBytes bytes);

  // The first of what is there; how many of `parts` were filled in.
  std::size_t front(std::span<iovec> parts) const;
  // So many of the first bytes are gone.
  void take(std::size_t bytes);

 private:
  struct Part {
    std::string own;
    wire::SharedBytes shared;  // instead, where there are any
    const std::string& bytes() const { return shared ? *shared : own; }
  };
  std::vector<Part> parts_;
  std::size_t first_ = 0;  // of the parts
  std::size_t taken_ = 0;  // of its bytes
  std::size_t size_ = 0;
};

}  // namespace rehearse::server
