#include "mocks/server/backlog.hpp"

#include <utility>

namespace rehearse::server {

void Backlog::add(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  size_ += bytes.size();
  if (!parts_.empty() && !parts_.back().shared) {
    parts_.back().own += bytes;
  } else {
    parts_.push_back({std::string(bytes), nullptr});
  }
}

void Backlog::add_whole(std::string bytes) {
  if (!bytes.empty()) {
    size_ += bytes.size();
    parts_.push_back({std::move(bytes), nullptr});
  }
}

void Backlog::add_shared(wire::SharedBytes bytes) {
  if (!bytes->empty()) {
    size_ += bytes->size();
    parts_.push_back({{}, std::move(bytes)});
  }
}

std::size_t Backlog::front(std::span<iovec> parts) const {
  std::size_t count = 0;
  std::size_t taken = taken_;
  for (std::size_t i = first_; i < parts_.size() && count < parts.size(); ++i) {
    const std::string& bytes = parts_[i].bytes();
    // sendmsg() reads only.
    parts[count++] = {const_cast<char*>(bytes.data()) + taken, bytes.size() - taken};
    taken = 0;
  }
  return count;
}

void Backlog::take(std::size_t bytes) {
  size_ -= bytes;
  if (size_ == 0) {
    *this = Backlog();
    return;
  }
  taken_ += bytes;
  while (taken_ >= parts_[first_].bytes().size()) {
    taken_ -= parts_[first_].bytes().size();
    parts_[first_++] = Part();
  }
}

}  // namespace rehearse::server
