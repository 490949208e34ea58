#include "harness/wire/openai_form.hpp"

#include <charconv>
#include <utility>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

namespace rehearse::wire::openai {

Result<std::vector<Part>> decode_form(const Request& request) {
  const auto boundary = boundary_of(request.headers.get("content-type"));
  if (!boundary) {
    return boundary.errors();
  }
  MultipartDecoder decoder(*boundary);
  if (Status fed = decoder.feed(request.body); !fed) {
    return fed.errors();
  }
  return decoder.finish();
}

json::Value form_text(const Part& part) {
  Result<json::Value> valid = json::parse(json::dump(json::Value(part.body)));
  return valid ? std::move(valid).value() : json::Value();
}

json::Value form_value(const Part& part) {
  const std::string& text = part.body;
  if (text == "true" || text == "false") {
    return text == "true";
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) {
    return number;
  }
  return form_text(part);
}

}  // namespace rehearse::wire::openai
