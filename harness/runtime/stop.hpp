#pragma once

#include "harness/base/check.hpp"

namespace rehearse::runtime {

class StopSource;

// Whether a wait ended by what it waited for, or because it was asked to stop.
enum class Wake : unsigned char { Fired, Stopped };

// Called once when a stop is requested. Intrusive: lives in its owner's frame and leaves by itself.
class StopCallback {
 public:
  explicit StopCallback(void (*on_stop)(StopCallback&)) : on_stop_(on_stop) {}
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;
  ~StopCallback() { leave(); }

  bool joined() const { return source_ != nullptr; }
  inline void leave();

 private:
  friend class StopSource;
  void (*on_stop_)(StopCallback&);
  StopSource* source_ = nullptr;
  StopCallback* previous_ = nullptr;
  StopCallback* next_ = nullptr;
};

// A way to see that somebody wants this work to end. Refers to a StopSource that outlives it; an
// empty token never stops. Copy freely, single-threaded.
class StopToken {
 public:
  StopToken() = default;
  inline bool stop_requested() const;
  // Registers a callback (called on request, in joining order); false where stop was already
  // requested.
  inline bool join(StopCallback& callback) const;

 private:
  friend class StopSource;
  explicit StopToken(StopSource* source) : source_(source) {}
  StopSource* source_ = nullptr;
};

// Asks the work below it to end; a source made from a token stops with it.
class StopSource {
 public:
  StopSource() : upstream_(&StopSource::on_upstream) {}
  explicit StopSource(StopToken parent) : upstream_(&StopSource::on_upstream) {
    if (!parent.join(upstream_)) {
      requested_ = true;
    }
  }
  StopSource(const StopSource&) = delete;
  StopSource& operator=(const StopSource&) = delete;
  ~StopSource() { REHEARSE_CHECK(first_ == nullptr); }

  StopToken token() { return StopToken(this); }
  bool stop_requested() const { return requested_; }
  void request_stop() {
    if (requested_) {
      return;
    }
    requested_ = true;
    while (first_ != nullptr) {
      StopCallback* callback = first_;
      callback->leave();
      callback->on_stop_(*callback);
    }
  }

 private:
  friend class StopToken;
  friend class StopCallback;
  static void on_upstream(StopCallback& callback);

  void add(StopCallback& callback) {
    callback.source_ = this;
    callback.previous_ = last_;
    callback.next_ = nullptr;
    (last_ == nullptr ? first_ : last_->next_) = &callback;
    last_ = &callback;
  }
  void remove(StopCallback& callback) {
    (callback.previous_ == nullptr ? first_ : callback.previous_->next_) = callback.next_;
    (callback.next_ == nullptr ? last_ : callback.next_->previous_) = callback.previous_;
    callback.source_ = nullptr;
  }

  // First member by contract of on_upstream.
  StopCallback upstream_;
  StopCallback* first_ = nullptr;
  StopCallback* last_ = nullptr;
  bool requested_ = false;
};

inline void StopSource::on_upstream(StopCallback& callback) {
  static_assert(__is_standard_layout(StopSource));
  reinterpret_cast<StopSource*>(&callback)->request_stop();
}
inline void StopCallback::leave() {
  if (source_ != nullptr) {
    source_->remove(*this);
  }
}
inline bool StopToken::stop_requested() const {
  return source_ != nullptr && source_->stop_requested();
}
inline bool StopToken::join(StopCallback& callback) const {
  if (stop_requested()) {
    return false;
  }
  if (source_ != nullptr) {
    source_->add(callback);
  }
  return true;
}

}  // namespace rehearse::runtime
