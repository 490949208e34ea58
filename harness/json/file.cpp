#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "harness/json/read.hpp"

namespace rehearse::json {
namespace {

constexpr int kSilentPipeMilliseconds = 10'000;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Waits for a pipe that has no bytes yet; false where it stays silent.
bool wait_readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, kSilentPipeMilliseconds) > 0;
}

Result<std::string> read_bytes(int fd, const std::string& name, std::size_t most) {
  std::string text;
  std::array<char, 65'536> buffer;
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count == 0) {
      return text;
    }
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!wait_readable(fd)) {
        return Error{name, "expected a JSON file, found a pipe that sent nothing for 10 s"};
      }
      continue;
    }
    if (count < 0) {
      return Error{name, std::string("expected a readable file: ") + std::strerror(errno)};
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most) {
      return Error{
          name, "expected a JSON file of at most " + std::to_string(most) + " bytes, found more"};
    }
  }
}

}  // namespace

Result<Value> read_file(const std::filesystem::path& path, const Limits& limits) {
  const std::string name = path.string();
  // O_NONBLOCK: opening a named pipe that nobody writes to would wait for ever.
  const Descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    return Error{name, errno == ENOENT
                           ? std::string("expected a JSON file, found nothing of that name")
                           : std::string("expected a readable file: ") + std::strerror(errno)};
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return Error{name, std::string("expected a readable file: ") + std::strerror(errno)};
  }
  if (S_ISDIR(status.st_mode)) {
    return Error{name, "expected a JSON file, found a directory"};
  }
  const Result<std::string> text = read_bytes(file.get(), name, limits.bytes);
  if (!text) {
    return text.errors();
  }
  return parse(*text, name, limits);
}

}  // namespace rehearse::json
