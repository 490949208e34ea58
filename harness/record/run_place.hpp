#pragma once

#include <filesystem>

#include "harness/base/result.hpp"

// Where the bytes of a run file lie while the run lasts. Private to this layer.
namespace rehearse::record {

// SQLite's locks and shared memory cannot be trusted there (NFS, CIFS, FUSE, 9p, …). `folder`
// exists.
bool is_network_file_system(const std::filesystem::path& folder);

// Makes an empty file that did not exist before (O_EXCL). `exists` says that it did.
struct Claimed {
  bool exists = false;
  Status status = Done{};
};
Claimed claim_file(const std::filesystem::path& path);

// Replaces `to` by a copy of `from`, whole or not at all (a file beside it, flushed, renamed), and
// removes `from`.
Status move_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace rehearse::record
