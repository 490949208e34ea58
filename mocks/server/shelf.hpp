#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace rehearse::server {

// What a site keeps under ids: jobs, files. Past `most`, the oldest that may go (`over()`) makes
// room. T has over() and release().
template <typename T>
class Shelf {
 public:
  explicit Shelf(std::size_t most = 10'000, std::size_t whole = 64) : most_(most), whole_(whole) {}

  T* find(std::string_view id) {
    const auto found = kept_.find(std::string(id));
    return found == kept_.end() ? nullptr : found->second.get();
  }
  // An id that is taken replaces what was there.
  T& add(const std::string& id, std::unique_ptr<T> item) {
    order_.push_back(id);
    recent_.push_back(id);
    if (recent_.size() > whole_) {
      if (T* old = find(recent_.front())) {
        old->release();
      }
      recent_.pop_front();
    }
    for (std::size_t tries = order_.size(); kept_.size() >= most_ && tries-- > 0;) {
      const std::string oldest = std::move(order_.front());
      order_.pop_front();
      const auto found = kept_.find(oldest);
      if (found == kept_.end()) {
        continue;
      }
      if (found->second->over()) {
        kept_.erase(found);
      } else {
        order_.push_back(oldest);
      }
    }
    T& out = *item;
    kept_[id] = std::move(item);
    return out;
  }
  bool erase(std::string_view id) { return kept_.erase(std::string(id)) > 0; }
  std::size_t size() const { return kept_.size(); }
  // Newest last; may hold ids that are gone.
  const std::deque<std::string>& order() const { return order_; }

 private:
  std::size_t most_;
  std::size_t whole_;
  std::unordered_map<std::string, std::unique_ptr<T>> kept_;
  std::deque<std::string> order_;
  std::deque<std::string> recent_;
};

}  // namespace rehearse::server
