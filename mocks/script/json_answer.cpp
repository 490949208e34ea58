#include "mocks/script/json_answer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/tokens.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"

namespace rehearse::script {
namespace {

constexpr int kDeepest = 12;   // past it only what a schema requires is given
constexpr int kHopeless = 24;  // a schema that requires itself ends here
constexpr int kMany = 2'000;   // values past which it is as if too deep
constexpr int kTooMany = 20'000;
constexpr std::int64_t kMostItems = 64;
constexpr std::int64_t kMostText = 1 << 20;

std::int64_t whole(const json::Value& schema, std::string_view key, std::int64_t otherwise) {
  const json::Value* value = schema.find(key);
  if (value == nullptr || !value->is_number()) {
    return otherwise;
  }
  return static_cast<std::int64_t>(std::clamp(value->as_double(), -9e15, 9e15));
}

// The name of a type; OpenAPI writes some of them in capitals, and so do Gemini's schemas.
std::string type_name(const std::string& name) {
  std::string out = name;
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string type_of(const json::Value& schema) {
  const json::Value* type = schema.find("type");
  if (type != nullptr && type->is_array()) {
    for (const json::Value& one : type->items()) {
      if (one.is_string() && one.as_string() != "null") {
        return type_name(one.as_string());
      }
    }
    return "null";
  }
  if (type != nullptr && type->is_string()) {
    return type_name(type->as_string());
  }
  return schema.find("properties") != nullptr ? "object"
         : schema.find("items") != nullptr    ? "array"
                                              : "string";
}

// Texts of a format, all of a fixed form.
std::string formatted(std::string_view format, Bits& bits) {
  const std::string n = std::to_string(10 + bits.below(18));
  if (format == "date") {
    return "2026-11-" + n;
  }
  if (format == "date-time") {
    return "2026-11-" + n + "T08:30:00Z";
  }
  if (format == "time") {
    return n.substr(0, 1) + "2:30:00Z";
  }
  if (format == "duration") {
    return "PT" + n + "M";
  }
  if (format == "email") {
    return "reader" + n + "@example.com";
  }
  if (format == "uri" || format == "url") {
    return "https://example.com/" + n;
  }
  if (format == "hostname") {
    return "host" + n + ".example.com";
  }
  if (format == "ipv4") {
    return "192.0.2." + n;
  }
  if (format == "ipv6") {
    return "2001:db8::" + n;
  }
  if (format == "uuid") {
    return "123e4567-e89b-42d3-a456-4266141740" + n;
  }
  return {};
}

// One walk through a schema. A first walk finds out how much room the free texts share.
class Walk {
 public:
  Walk(const json::Value& root, std::uint64_t content, std::int64_t each, std::int64_t rest)
      : root_(root), bits_(content), each_(each), rest_(rest) {}

  json::Value make(const json::Value& schema, int depth) {
    if (!schema.is_object() || depth > kHopeless || ++values_ > kTooMany) {
      return nullptr;
    }
    if (values_ > kMany) {
      depth = std::max(depth, kDeepest);
    }
    if (const json::Value* fixed = schema.find("const")) {
      return *fixed;
    }
    if (const json::Value* words = schema.find("enum");
        words != nullptr && words->is_array() && !words->items().empty()) {
      return words->items()[bits_.below(words->items().size())];
    }
    if (const json::Value* target = referred(schema)) {
      return make(*target, depth + 1);
    }
    for (const char* key : {"anyOf", "oneOf"}) {
      const json::Value* all = schema.find(key);
      if (all != nullptr && all->is_array() && !all->items().empty()) {
        return make(alternative(all->items(), depth), depth + 1);
      }
    }
    if (const json::Value* all = schema.find("allOf"); all != nullptr && all->is_array()) {
      return make(merged(schema, all->items()), depth + 1);
    }
    return plain(schema, depth);
  }
  std::int64_t free_texts() const { return free_; }

 private:
  json::Value plain(const json::Value& schema, int depth) {
    const std::string type = type_of(schema);
    if (type == "object") {
      return object(schema, depth);
    }
    if (type == "array") {
      return array(schema, depth);
    }
    if (type == "integer" || type == "number") {
      return number(schema, type == "integer");
    }
    if (type == "boolean") {
      return bits_.below(2) == 0;
    }
    return type == "null" ? json::Value() : text(schema);
  }

  json::Value object(const json::Value& schema, int depth) {
    json::Value out = json::Value::object();
    const json::Value* properties = schema.find("properties");
    if (properties == nullptr || !properties->is_object()) {
      return out;
    }
    std::set<std::string> required;
    if (const json::Value* names = schema.find("required"); names && names->is_array()) {
      for (const json::Value& name : names->items()) {
        required.insert(name.is_string() ? name.as_string() : std::string());
      }
    }
    for (const json::Member& member : properties->members()) {
      if (depth < kDeepest || required.count(member.key) != 0) {
        out.set(member.key, make(member.value, depth + 1));
      }
    }
    return out;
  }

  json::Value array(const json::Value& schema, int depth) {
    json::Value out = json::Value::array();
    if (const json::Value* first = schema.find("prefixItems"); first && first->is_array()) {
      for (const json::Value& item : first->items()) {
        out.push(make(item, depth + 1));
      }
    }
    const json::Value* items = schema.find("items");
    const std::int64_t low = std::clamp<std::int64_t>(whole(schema, "minItems", 0), 0, kMostItems);
    const std::int64_t high = std::max(low, whole(schema, "maxItems", low + 3));
    std::int64_t count =
        depth >= kDeepest ? low : std::max(low, static_cast<std::int64_t>(1 + bits_.below(3)));
    count = std::min(count, high);
    const bool unique = schema.find("uniqueItems") != nullptr;
    for (int tries = 0; items != nullptr && items->is_object() && tries < 4 * kMostItems; ++tries) {
      if (static_cast<std::int64_t>(out.items().size()) >= count) {
        break;
      }
      json::Value item = make(*items, depth + 1);
      const auto& have = out.items();
      if (!unique || std::find(have.begin(), have.end(), item) == have.end()) {
        out.push(std::move(item));
      }
    }
    return out;
  }

  json::Value number(const json::Value& schema, bool integer) {
    const auto bound = [&schema](const char* key, const char* open, double otherwise, double step) {
      const json::Value* closed = schema.find(key);
      const json::Value* exclusive = schema.find(open);
      return exclusive && exclusive->is_number() ? exclusive->as_double() + step
             : closed && closed->is_number()     ? closed->as_double()
                                                 : otherwise;
    };
    const double grain = integer ? 1 : 1e-6;
    double low = bound("minimum", "exclusiveMinimum", 0, grain);
    double high = bound("maximum", "exclusiveMaximum", std::max(low, 0.0) + 100, -grain);
    low = std::min(low, high);
    const json::Value* multiple = schema.find("multipleOf");
    if (multiple != nullptr && multiple->is_number() && multiple->as_double() > 0) {
      const double step = multiple->as_double();
      const double value = std::ceil(low / step) * step;
      return integer ? json::Value(static_cast<std::int64_t>(std::clamp(value, -9e15, 9e15)))
                     : json::Value(value);
    }
    const double share = static_cast<double>(bits_.below(1'001)) / 1'000;
    const double value = std::clamp(low + (high - low) * share, -9e15, 9e15);
    if (!integer) {
      return std::clamp(std::round(value * 100) / 100, low, high);
    }
    return static_cast<std::int64_t>(std::clamp(std::floor(value), std::ceil(low), high));
  }

  json::Value text(const json::Value& schema) {
    if (const json::Value* format = schema.find("format"); format && format->is_string()) {
      std::string fixed = formatted(format->as_string(), bits_);
      if (!fixed.empty()) {
        return fixed;
      }
    }
    const std::int64_t low = std::clamp<std::int64_t>(whole(schema, "minLength", 1), 0, kMostText);
    const std::int64_t high = std::max(low, whole(schema, "maxLength", kMostText));
    ++free_;
    // The first of them takes what does not divide.
    const std::int64_t wish = low + each_ + (free_ == 1 ? rest_ : 0);
    const std::int64_t length = std::clamp(wish, low, high);
    std::string out = filler_text(bits_.next(), length / 4 + 1);
    out.resize(static_cast<std::size_t>(length));
    return out;
  }

  // Inside the depth any alternative; past it one that has nothing below it.
  const json::Value& alternative(const std::vector<json::Value>& all, int depth) {
    const auto simple = [](const json::Value& one) {
      return one.is_object() && one.find("$ref") == nullptr && one.find("properties") == nullptr &&
             one.find("items") == nullptr;
    };
    if (depth >= kDeepest) {
      const auto found = std::find_if(all.begin(), all.end(), simple);
      return found == all.end() ? all.front() : *found;
    }
    return all[bits_.below(all.size())];
  }

  const json::Value* referred(const json::Value& schema) const {
    const json::Value* reference = schema.find("$ref");
    if (reference == nullptr || !reference->is_string() ||
        !reference->as_string().starts_with('#')) {
      return nullptr;
    }
    return json::pointer_find(root_, reference->as_string().substr(1));
  }

  // One schema of all, properties and required lists put together.
  json::Value merged(const json::Value& schema, const std::vector<json::Value>& all) const {
    json::Value out = schema;
    out.erase("allOf");
    for (const json::Value& part : all) {
      const json::Value* target = part.is_object() ? referred(part) : nullptr;
      const json::Value& one = target != nullptr ? *target : part;
      if (!one.is_object()) {
        continue;
      }
      for (const json::Member& member : one.members()) {
        json::Value* known = out.find(member.key);
        if (known != nullptr && known->is_object()) {
          *known = json::merge_patch(*known, member.value);
        } else if (known != nullptr && known->is_array() && member.value.is_array()) {
          for (const json::Value& item : member.value.items()) {
            known->push(item);
          }
        } else {
          out.set(member.key, member.value);
        }
      }
    }
    return out;
  }

  const json::Value& root_;
  Bits bits_;
  std::int64_t each_;  // bytes that every free text gets past its minimum
  std::int64_t rest_;  // and the first one more
  std::int64_t free_ = 0;
  int values_ = 0;
};

}  // namespace

std::string json_answer(std::uint64_t content, std::int64_t tokens, std::string_view schema) {
  auto parsed = json::parse(schema, "schema", {64, 1u << 20, false, true});
  const json::Value root = parsed && parsed->is_object()
                               ? std::move(*parsed)
                               : json::Value(std::vector<json::Member>{{"type", "object", {}}});
  const auto bytes = std::clamp<std::int64_t>(tokens, 0, kMostTokens) *
                     static_cast<std::int64_t>(wire::kBytesPerToken);
  Walk small(root, content, 0, 0);
  std::string out = json::dump(small.make(root, 0));
  const std::int64_t room = bytes - static_cast<std::int64_t>(out.size());
  if (room > 0 && small.free_texts() > 0) {
    Walk large(root, content, room / small.free_texts(), room % small.free_texts());
    out = json::dump(large.make(root, 0));
  }
  if (static_cast<std::int64_t>(out.size()) < bytes) {
    out.resize(static_cast<std::size_t>(bytes), ' ');
  }
  return out;
}

}  // namespace rehearse::script
