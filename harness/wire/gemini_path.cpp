#include "harness/wire/gemini_path.hpp"

#include "harness/wire/http_message.hpp"

namespace rehearse::wire::gemini {
namespace {

constexpr std::string_view kModels = "models";

// Takes the next segment of a path off its front.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

}  // namespace

std::optional<Method> parse_method(std::string_view path) {
  Method method;
  method.version = next_segment(path);
  if (method.version != "v1" && method.version != "v1beta" && method.version != "v1alpha") {
    return std::nullopt;
  }
  if (next_segment(path) != kModels) {
    return std::nullopt;
  }
  const std::string rest = percent_decode(next_segment(path));
  if (!path.empty() && path != "/") {
    return std::nullopt;
  }
  const std::size_t colon = rest.rfind(':');
  method.model = rest.substr(0, colon);
  method.action = colon == std::string::npos ? "" : rest.substr(colon + 1);
  if (method.model.empty() && colon != std::string::npos) {
    return std::nullopt;
  }
  return method;
}

std::string method_path(std::string_view model, std::string_view action) {
  model.remove_prefix(model.starts_with("models/") ? 7 : 0);
  std::string out("/");
  return out.append(kVersion)
      .append("/models/")
      .append(percent_encode(model))
      .append(":")
      .append(action);
}

}  // namespace rehearse::wire::gemini
