#pragma once

#include <string>

#include "harness/wire/chat.hpp"

namespace rehearse::server {

// The tool that a request wants called; empty where it leaves that to the model, which then writes
// text.
inline std::string forced_tool(const wire::ChatRequest& request) {
  const std::string& choice = request.tool_choice;
  if (request.tools.empty() || choice.empty() || choice == "auto" || choice == "none") {
    return {};
  }
  return choice == "required" ? request.tools.front().name : choice;
}

}  // namespace rehearse::server
