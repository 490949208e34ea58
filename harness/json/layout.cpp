#include "harness/json/layout.hpp"

#include "harness/json/write.hpp"

namespace rehearse::json {
namespace {

std::string in_one_line(const Value& value) {
  std::string out;
  if (value.is_array() && !value.items().empty()) {
    for (const Value& item : value.items()) {
      out += (out.empty() ? "[" : ", ") + in_one_line(item);
    }
    return out + "]";
  }
  if (value.is_object() && !value.members().empty()) {
    for (const Member& member : value.members()) {
      out += out.empty() ? "{ " : ", ";
      append_text(out, member.key);
      out += ": " + in_one_line(member.value);
    }
    return out + " }";
  }
  return dump(value);
}

// `before`: how much of the line is taken; `depth`: of what stands around.
std::string laid_out(const Value& value, std::size_t before, std::size_t depth, std::size_t width) {
  std::string line = in_one_line(value);
  const bool holds = value.is_object() || value.is_array();
  if (!holds || (depth > 0 && before + line.size() < width)) {  // a comma may follow
    return line;
  }
  const std::string indent(2 * depth + 2, ' ');
  std::string out;
  const auto begin = [&](char bracket) {
    out += out.empty() ? bracket : ',';
    out += '\n' + indent;
  };
  if (value.is_array()) {
    for (const Value& item : value.items()) {
      begin('[');
      out += laid_out(item, indent.size(), depth + 1, width);
    }
    return out.empty() ? line : out + '\n' + std::string(2 * depth, ' ') + ']';
  }
  for (const Member& member : value.members()) {
    begin('{');
    std::string key;
    append_text(key, member.key);
    out += key + ": ";
    out += laid_out(member.value, indent.size() + key.size() + 2, depth + 1, width);
  }
  return out.empty() ? line : out + '\n' + std::string(2 * depth, ' ') + '}';
}

}  // namespace

std::string dump_for_people(const Value& value, std::size_t width) {
  return laid_out(value, 0, 0, width) + "\n";
}

}  // namespace rehearse::json
