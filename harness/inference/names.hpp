#pragma once

#include <set>
#include <string>
#include <string_view>

namespace rehearse::inference {

// Names as the scenario language wants them, each given once.
class Names {
 public:
  // "chat", then "chat-2", "chat-3"; what cannot stand in a name is left out.
  std::string take(std::string_view wanted);

 private:
  std::set<std::string> taken_;
};

// Letters, digits, '_' and '-' of a text, from its first letter on, at most 48; else `otherwise`.
std::string plain_name(std::string_view text, std::string_view otherwise);

}  // namespace rehearse::inference
