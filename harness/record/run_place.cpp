#include "harness/record/run_place.hpp"

#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

namespace rehearse::record {
namespace fs = std::filesystem;

bool is_network_file_system(const fs::path& folder) {
  // linux/magic.h and the sources of those that are not in it.
  constexpr std::array<std::uint32_t, 13> kMagic{
      0x6969,      // NFS
      0xFF534D42,  // CIFS
      0xFE534D42,  // SMB2
      0x517B,      // SMB
      0x65735546,  // FUSE (sshfs, s3fs, gcsfuse)
      0x01021997,  // 9p
      0x00C36400,  // Ceph
      0x0BD00BD0,  // Lustre
      0x47504653,  // GPFS
      0x5346414F,  // AFS
      0x73757245,  // Coda
      0x7461636F,  // OCFS2
      0x19830326,  // BeeGFS
  };
  struct statfs info{};
  if (statfs(folder.c_str(), &info) != 0) {
    return false;
  }
  for (const std::uint32_t magic : kMagic) {
    if (static_cast<std::uint32_t>(info.f_type) == magic) {
      return true;
    }
  }
  return false;
}

Claimed claim_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  const int code = errno;
  return {code == EEXIST,
          Error{path.string(),
                code == EEXIST ? "exists already; choose another name with --out"
                               : "cannot be written: " + std::generic_category().message(code)}};
}

Status move_file(const fs::path& from, const fs::path& to) {
  fs::path beside = to;
  beside += ".moving";
  std::error_code code;
  fs::copy_file(from, beside, fs::copy_options::overwrite_existing, code);
  if (!code) {
    const int file = ::open(beside.c_str(), O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
      ::fsync(file);
      ::close(file);
    }
    fs::rename(beside, to, code);
  }
  if (code) {
    return Error{to.string(),
                 "cannot be written: " + code.message() + "; the run lies in " + from.string()};
  }
  fs::remove(from, code);
  return Done{};
}

bool is_run_file(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code)) {
    return false;
  }
  // An SQLite file (www.sqlite.org/fileformat2.html) and its application, kApplicationId.
  std::string head(72, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), 72);
  return head.starts_with("SQLite format 3") && head.substr(68) == "RHR1";
}

}  // namespace rehearse::record
