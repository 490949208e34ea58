#include "tests/perf/server/figures.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rehearse::perf {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::int64_t wall_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

ProcessUse use_of(int pid) {
  ProcessUse out;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(folder + "/task", gone)) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t ran = 0;
    file >> ran;
    out.cpu_ns += ran;
  }
  std::ifstream status(folder + "/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") {
      status >> out.resident_kb;
      break;
    }
  }
  return out;
}

std::int64_t machine_cpu_ns() {
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  std::int64_t ticks = 0;
  for (int i = 0; i < 8; ++i) {
    std::int64_t value = 0;
    file >> value;
    ticks += i == 3 || i == 4 ? 0 : value;  // idle, iowait
  }
  return ticks * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

Window::Window(int server_pid) : server_pid_(server_pid), start_ns_(wall_ns()), start_(read()) {}

void Window::end() {
  end_ = read();
  end_ns_ = wall_ns();
}

Window::Reading Window::read() const {
  timespec own{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  return {server_pid_ > 0 ? use_of(server_pid_).cpu_ns : 0, nanoseconds(own), machine_cpu_ns()};
}

double Window::server_cpu_s() const {
  return static_cast<double>(end_.server - start_.server) * 1e-9;
}
double Window::client_cpu_s() const {
  return static_cast<double>(end_.client - start_.client) * 1e-9;
}
double Window::others() const {
  const double all = static_cast<double>(end_.machine - start_.machine) * 1e-9;
  return std::max(0.0, (all - server_cpu_s() - client_cpu_s()) / seconds());
}

double quantile(std::vector<double>& values, double q) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

Flags::Flags(int argc, char** argv) : words_(argv + 1, argv + argc) {}

std::string Flags::text(const std::string& name, const std::string& otherwise) const {
  for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
    if (words_[i] == "--" + name) {
      return words_[i + 1];
    }
  }
  return otherwise;
}

double Flags::number(const std::string& name, double otherwise) const {
  const std::string value = text(name);
  return value.empty() ? otherwise : std::strtod(value.c_str(), nullptr);
}

void Line::name(const std::string& name) {
  out_ += (out_.size() > 1 ? ", \"" : "\"") + name + "\": ";
}

Line& Line::text(const std::string& called, const std::string& value) {
  name(called);
  out_ += "\"" + value + "\"";
  return *this;
}

Line& Line::number(const std::string& called, double value) {
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.6g", value);
  name(called);
  out_ += digits;
  return *this;
}

void Line::print() const { std::printf("%s}\n", out_.c_str()); }

}  // namespace rehearse::perf
