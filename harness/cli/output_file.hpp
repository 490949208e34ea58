#pragma once

#include <filesystem>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::cli {

// Writes a file whole or not at all: beside its place first, then moved there. Replaces an older
// one.
Status write_file(const std::filesystem::path& path, std::string_view content);

// The same, but an existing file is an error and stays as it is.
Status write_new_file(const std::filesystem::path& path, std::string_view content);

}  // namespace rehearse::cli
