#include "harness/cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace rehearse::cli {
namespace {

Error cannot(const std::filesystem::path& path, const char* what) {
  return {path.string(), std::string("cannot be ") + what + ": " + std::strerror(errno)};
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  return true;
}

}  // namespace

Status write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code ignored;
  if (path.has_parent_path()) {
    std::filesystem::create_directories(path.parent_path(), ignored);
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return Error{path.string(), "is a folder: expected the name of a file"};
  }
  std::string beside = path.string() + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);
  if (file < 0) {
    return cannot(path, "written");
  }
  const bool good = write_all(file, content) && ::fchmod(file, 0644) == 0;
  const int why = errno;
  if (::close(file) != 0 || !good || ::rename(beside.c_str(), path.c_str()) != 0) {
    errno = good ? errno : why;
    const Error error = cannot(path, "written");
    ::unlink(beside.c_str());
    return error;
  }
  return Done{};
}

Status write_new_file(const std::filesystem::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) {
    return Error{path.string(), "exists already and is not overwritten; name another file"};
  }
  if (file < 0) {
    return cannot(path, "created");
  }
  const bool good = write_all(file, content);
  if (::close(file) != 0 || !good) {
    const Error error = cannot(path, "written");
    ::unlink(path.c_str());
    return error;
  }
  return Done{};
}

}  // namespace rehearse::cli
