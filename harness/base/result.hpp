#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/check.hpp"

namespace rehearse {

// One thing that is wrong with what somebody gave us. `where` is a JSON pointer with line:column, a
// file:line, a URL or a flag; `what` says what was expected, what was found and what to do.
struct Error {
  std::string where;
  std::string what;

  // "where: what", or only the part that is there.
  std::string text() const {
    if (where.empty()) {
      return what;
    }
    return where + ": " + what;
  }
  bool operator==(const Error&) const = default;
};

// All the things that are wrong, in the order of the input. Loaders report every error, not the
// first.
using Errors = std::vector<Error>;

// A value or the errors that prevented it. Failing is ordinary here: no exception is involved.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, Errors{std::move(error)}) {}
  Result(Errors errors) : state_(std::in_place_index<1>, std::move(errors)) {
    REHEARSE_CHECK(!std::get<1>(state_).empty());
  }

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // The value; only where ok().
  T& value() & {
    REHEARSE_CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    REHEARSE_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    REHEARSE_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // The errors, at least one; only where !ok().
  const Errors& errors() const {
    REHEARSE_CHECK(!ok());
    return std::get<1>(state_);
  }
  // The first error; only where !ok().
  const Error& error() const { return errors().front(); }

 private:
  std::variant<T, Errors> state_;
};

// The outcome of something that yields no value.
struct Done {};
using Status = Result<Done>;

}  // namespace rehearse
