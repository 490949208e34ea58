#include "mocks/server/response_book.hpp"

namespace rehearse::server {

void ResponseBook::keep(Entry entry) {
  const std::string id = entry.reply.id;
  if (entries_.insert_or_assign(id, std::move(entry)).second) {
    order_.push_back(id);
  }
  while (order_.size() > kMost) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

ResponseBook::Entry* ResponseBook::find(std::string_view id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

bool ResponseBook::forget(std::string_view id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return false;
  }
  entries_.erase(found);  // its place in the order stays until it is the oldest
  return true;
}

}  // namespace rehearse::server
