#pragma once

#include <optional>
#include <string>
#include <string_view>

// Where Gemini's methods are: {base}/{v1|v1beta}/models/{model}:{action}.
namespace rehearse::wire::gemini {

inline constexpr std::string_view kVersion = "v1beta";
inline constexpr std::string_view kKeyHeader = "x-goog-api-key";

struct Method {
  std::string version;  // "v1", "v1beta", "v1alpha"
  std::string model;    // empty: the list of models
  std::string action;   // "generateContent", …; empty: the model itself is asked about
  bool operator==(const Method&) const = default;
};

// Of a path below the mount, without its query; nothing where it names no method of a model.
std::optional<Method> parse_method(std::string_view path);
// "/v1beta/models/gemini-2.5-flash:generateContent"
std::string method_path(std::string_view model, std::string_view action);

}  // namespace rehearse::wire::gemini
