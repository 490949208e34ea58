#pragma once

#include <string>

namespace rehearse::cli {

// Of the program: "0.1.0", and the commit that it was built from.
std::string version();
std::string commit();

}  // namespace rehearse::cli
