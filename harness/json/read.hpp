#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

namespace rehearse::json {

struct Limits {
  std::size_t depth = 64;
  std::size_t bytes = 16u << 20;
  bool comments = true;         // // and /* */; trailing commas stay errors
  bool duplicate_keys = false;  // allowed? (the last one wins, as on most wires)
};

// Reads one JSON text. Errors name line:column, what was expected and at most 40 characters of what
// was found; duplicate keys, depth and size are reported as such, before any of it is built too
// far. `name` stands in front of every position ("auto-post.json:3:7").
Result<Value> parse(std::string_view text, std::string_view name = "", const Limits& limits = {});

// Reads a file; refuses directories, missing files and anything past limits.bytes (an endless pipe
// too) with one clear line.
Result<Value> read_file(const std::filesystem::path& path, const Limits& limits = {});

// RFC 6901: "/stages/image~1x" for the key "image/x".
std::string pointer_join(std::string_view pointer, std::string_view key);
std::string pointer_join(std::string_view pointer, std::size_t index);
// The value a pointer names, or nullptr.
const Value* pointer_find(const Value& root, std::string_view pointer);

// RFC 7396: objects merge, null removes, all else replaces. Patched parts keep their own positions.
Value merge_patch(Value target, const Value& patch);

}  // namespace rehearse::json
