#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rehearse::perf {

// Nanoseconds since the epoch, as the kernel stamps what it receives.
std::int64_t wall_ns();

// What one process, all of its threads, used so far.
struct ProcessUse {
  std::int64_t cpu_ns = 0;       // user and system
  std::int64_t resident_kb = 0;  // now
};
ProcessUse use_of(int pid);

// CPU time that everybody on this machine used so far, nanoseconds.
std::int64_t machine_cpu_ns();

// A stretch of time, and what the server, this client and everybody else did in it.
class Window {
 public:
  explicit Window(int server_pid);
  void end();
  double seconds() const { return static_cast<double>(end_ns_ - start_ns_) * 1e-9; }
  double server_cpu_s() const;
  double client_cpu_s() const;
  // CPU time of neither, per second: how busy others kept the machine, in cores.
  double others() const;

 private:
  struct Reading {
    std::int64_t server = 0, client = 0, machine = 0;
  };
  Reading read() const;
  int server_pid_;
  std::int64_t start_ns_ = 0, end_ns_ = 0;
  Reading start_, end_;
};

// The q-quantile, by nearest rank; 0 where empty. Sorts.
double quantile(std::vector<double>& values, double q);

// Flags are "--name value"; whatever is not given has its default.
class Flags {
 public:
  Flags(int argc, char** argv);
  std::string text(const std::string& name, const std::string& otherwise = "") const;
  double number(const std::string& name, double otherwise) const;

 private:
  std::vector<std::string> words_;
};

// One flat JSON object on a line of stdout.
class Line {
 public:
  Line& text(const std::string& name, const std::string& value);
  Line& number(const std::string& name, double value);
  void print() const;

 private:
  void name(const std::string& name);
  std::string out_ = "{";
};

}  // namespace rehearse::perf
