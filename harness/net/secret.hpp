#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::net {

// A key: can be put into a request and taken out of texts, but never printed, compared or copied
// into anything else by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

  // From an environment variable, blanks around it cut off. An error (naming the variable, never
  // the value) where it is missing, empty or holds characters that no header may hold.
  static Result<Secret> from_environment(const char* variable);

  bool empty() const { return text_.empty(); }
  // The two ways out: the value of an Authorization header, and that of a header of its own.
  std::string bearer() const { return "Bearer " + text_; }
  const std::string& header_value() const { return text_; }
  // The text with every occurrence of the key replaced: servers do echo keys in their errors.
  std::string redact(std::string text) const;

 private:
  std::string text_;
};

}  // namespace rehearse::net
