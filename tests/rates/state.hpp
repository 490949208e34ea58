#pragma once

#include <map>
#include <mutex>
#include <string>

namespace rehearse::rates {

// What a long table has counted so far, by line, in a file: a program that is started again goes on
// where it was. Safe to use from several threads.
class State {
 public:
  explicit State(std::string path);
  bool has(const std::string& name) const { return done_.contains(name); }
  // Name (no tab in it) → figures; read it when no thread adds any more.
  const std::map<std::string, std::string>& all() const { return done_; }
  void add(const std::string& name, const std::string& figures);

 private:
  std::string path_;
  std::map<std::string, std::string> done_;
  std::mutex mutex_;
};

}  // namespace rehearse::rates
