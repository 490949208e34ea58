#include "mocks/server/caller_name.hpp"

namespace rehearse::server {

std::string caller_name(const wire::Headers& headers, const std::string& stage) {
  const auto said = headers.find("x-rehearse-caller");
  if (!said && !stage.empty()) {
    return stage;
  }
  const std::string_view agent = headers.get("user-agent");
  const std::string_view name = said ? *said : agent.substr(0, agent.find(' '));
  std::string out;
  for (const char c : name.substr(0, 64)) {
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return out.empty() ? "unknown" : out;
}

}  // namespace rehearse::server
