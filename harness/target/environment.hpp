#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rehearse::target {

using Variables = std::vector<std::pair<std::string, std::string>>;

// Our environment with these on top, "NAME=value" texts: what a program is started with.
std::vector<std::string> environment_with(const Variables& variables);
// The texts as exec and its kin take them, nullptr at the end; they must outlive what is returned.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace rehearse::target
