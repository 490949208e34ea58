#include <sys/utsname.h>

#include <fstream>
#include <string>
#include <thread>

#include "harness/record/run_header.hpp"

namespace rehearse::record {
namespace {

// The value of the first line `key<separator>value` of a small system file, without quotes.
std::string line_value(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  std::string line;
  for (int lines = 0; lines < 200 && std::getline(file, line); ++lines) {
    if (line.rfind(key, 0) != 0) {
      continue;
    }
    const std::size_t at = line.find(separator);
    if (at == std::string::npos) {
      continue;
    }
    std::string value = line.substr(at + 1);
    const std::size_t first = value.find_first_not_of(" \t\"");
    const std::size_t last = value.find_last_not_of(" \t\"");
    return first == std::string::npos ? "" : value.substr(first, last - first + 1);
  }
  return "";
}

std::string compiler_text() {
#if defined(__clang__)
  return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
  return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__);
#endif
}

}  // namespace

Environment read_environment() {
  Environment environment;
  utsname names{};
  if (uname(&names) == 0) {
    environment.machine = names.nodename;
    environment.kernel = std::string(names.sysname) + " " + names.release + " " + names.machine;
  }
  environment.cpu = line_value("/proc/cpuinfo", "model name", ':');
  environment.cores = std::thread::hardware_concurrency();
  environment.os = line_value("/etc/os-release", "PRETTY_NAME", '=');
  environment.compiler = compiler_text();
#if defined(NDEBUG)
  environment.compiler += ", optimised";
#endif
  return environment;
}

}  // namespace rehearse::record
