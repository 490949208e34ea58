#include "mocks/server/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "harness/base/check.hpp"

namespace rehearse::server {
namespace {

constexpr int kEventsAtOnce = 256;

int poll(int epoll, WallClock::time_point until, epoll_event* events) {
  const WallClock::time_point now = WallClock::now();
  const std::chrono::nanoseconds left = until > now ? until - now : WallClock::duration::zero();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  timespec patience{};
  patience.tv_sec = seconds.count();
  patience.tv_nsec = (left - seconds).count();
  const int count = ::epoll_pwait2(epoll, events, kEventsAtOnce, &patience, nullptr);
  if (count >= 0 || errno != ENOSYS) {
    return count;
  }
  // A kernel before 5.11: whole milliseconds, rounded up.
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left);
  return ::epoll_wait(epoll, events, kEventsAtOnce, static_cast<int>(ms.count()));
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  REHEARSE_CHECK(epoll_ >= 0 && bell_ >= 0);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_, &event);
}

EventLoop::~EventLoop() {
  ::close(bell_);
  ::close(epoll_);
}

void EventLoop::watch(int socket, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

bool EventLoop::wait(WallClock::time_point until) {
  std::array<epoll_event, kEventsAtOnce> events;
  const int count = poll(epoll_, until, events.data());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      run_injected();
      continue;
    }
    static_cast<Watcher*>(event.data.ptr)
        ->ready((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
  }
  return count > 0;
}

void EventLoop::inject(std::function<void()> function) {
  {
    const std::lock_guard lock(mutex_);
    injected_.push_back(std::move(function));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(bell_, &one, sizeof one);
}

void EventLoop::run_injected() {
  std::uint64_t rung = 0;
  [[maybe_unused]] const auto read = ::read(bell_, &rung, sizeof rung);
  std::vector<std::function<void()>> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(injected_);
  }
  for (const auto& function : all) {
    function();
  }
}

}  // namespace rehearse::server
