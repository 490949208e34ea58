#include "harness/inference/names.hpp"

namespace rehearse::inference {
namespace {

constexpr std::size_t kLongestName = 48;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string plain_name(std::string_view text, std::string_view otherwise) {
  std::string out;
  for (const char c : text) {
    const bool mark = c == '_' || c == '-' || c == '.' || c == ' ' || c == ':';
    const bool digit = c >= '0' && c <= '9';
    if (is_letter(c) || (!out.empty() && (digit || mark))) {
      out += is_letter(c) || digit || c == '-' ? c : '_';
    }
    if (out.size() == kLongestName) {
      break;
    }
  }
  return out.empty() ? std::string(otherwise) : out;
}

std::string Names::take(std::string_view wanted) {
  const std::string stem = plain_name(wanted, "call");
  std::string name = stem;
  for (int number = 2; !taken_.insert(name).second; ++number) {
    name = stem + "-" + std::to_string(number);
  }
  return name;
}

}  // namespace rehearse::inference
