#include "harness/engine/processor_sharing.hpp"

#include <algorithm>
#include <limits>

namespace rehearse::engine {

ProcessorSharing::ProcessorSharing(runtime::Runtime& runtime,
                                   std::map<std::uint32_t, double> speed_up)
    : runtime_(runtime), speed_up_(std::move(speed_up)), at_(runtime.now()) {
  timer_.sharing = this;
  timer_.fire = &ProcessorSharing::expire;
}

double ProcessorSharing::rate_of_one() const {
  const auto n = static_cast<std::uint32_t>(items_.size());
  const auto above = speed_up_.lower_bound(n);
  double total = 1;
  if (above == speed_up_.end()) {
    total = speed_up_.empty() ? 1 : speed_up_.rbegin()->second;
  } else if (above->first == n) {
    total = above->second;
  } else {
    // Between two entries, or between one item at rate 1 and the first entry.
    const std::uint32_t low_n = above == speed_up_.begin() ? 1 : std::prev(above)->first;
    const double low = above == speed_up_.begin() ? 1 : std::prev(above)->second;
    const double share = static_cast<double>(n - low_n) / static_cast<double>(above->first - low_n);
    total = low + share * (above->second - low);
  }
  return total / static_cast<double>(n);
}

void ProcessorSharing::advance() {
  const Instant now = runtime_.now();
  if (!items_.empty()) {
    work_time_ += (now - at_).count_s() * rate_of_one();
    busy_ns_ += (now - at_).count_ns();
  } else {
    work_time_ = 0;  // nothing refers to it: keep the numbers small
  }
  at_ = now;
}

void ProcessorSharing::rearm() {
  runtime_.queue().cancel(timer_);
  if (items_.empty()) {
    return;
  }
  const double end = (*items_.begin())->end;
  if (end == std::numeric_limits<double>::infinity()) {
    return;
  }
  const double left = std::max(0.0, end - work_time_) / rate_of_one();
  // One nanosecond late rather than early, so that the item has ended when the timer fires.
  const Duration wait = Duration::from_seconds(left) + Duration::nanoseconds(left > 0 ? 1 : 0);
  runtime_.queue().schedule(timer_, runtime_.now() + wait);
}

void ProcessorSharing::expire(runtime::TimerNode& node) {
  ProcessorSharing& self = *static_cast<Timer&>(node).sharing;
  self.advance();
  constexpr double kSlack = 1e-12;
  while (!self.items_.empty() &&
         (*self.items_.begin())->end <= self.work_time_ * (1 + kSlack) + kSlack) {
    Item* item = *self.items_.begin();
    self.items_.erase(self.items_.begin());
    item->served->leave();
    self.runtime_.post(item->waiting);
  }
  self.rearm();
}

void ProcessorSharing::enter(Item& item, double work_s) {
  advance();
  item.end = work_time_ + work_s;
  item.order = order_++;
  items_.insert(&item);
  rearm();
}

void ProcessorSharing::leave(Item& item) {
  advance();
  items_.erase(&item);
  rearm();
}

bool ProcessorSharing::Awaiter::await_suspend(std::coroutine_handle<> coroutine) {
  if (!token_.join(*this)) {
    wake_ = runtime::Wake::Stopped;
    return false;
  }
  item_->waiting = coroutine;
  item_->served = this;
  if (item_ == &own_) {
    sharing_.enter(own_, work_);
  } else {
    sharing_.finish(*item_, work_);
  }
  return true;
}

void ProcessorSharing::Awaiter::stopped(runtime::StopCallback& callback) {
  auto& self = static_cast<Awaiter&>(callback);
  self.sharing_.leave(*self.item_);
  self.wake_ = runtime::Wake::Stopped;
  self.sharing_.runtime_.post(self.item_->waiting);
}

void ProcessorSharing::finish(Item& item, double work_s) {
  advance();
  items_.erase(&item);
  item.end = item.entered + work_s;
  items_.insert(&item);
  rearm();
}

ProcessorSharing::Stay::Stay(ProcessorSharing& sharing) : sharing_(sharing) {
  sharing_.enter(item_, std::numeric_limits<double>::infinity());
  item_.entered = sharing_.work_time_;
}

ProcessorSharing::Stay::~Stay() { sharing_.leave(item_); }

Wide ProcessorSharing::busy_ns() const {
  return busy_ns_ + (items_.empty() ? 0 : (runtime_.now() - at_).count_ns());
}

}  // namespace rehearse::engine
