#include "tests/rates/state.hpp"

#include <fstream>

namespace rehearse::rates {

State::State(std::string path) : path_(std::move(path)) {
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) {
      done_[line.substr(0, tab)] = line.substr(tab + 1);
    }
  }
}

void State::add(const std::string& name, const std::string& figures) {
  const std::lock_guard lock(mutex_);
  done_[name] = figures;
  std::ofstream(path_, std::ios::app) << name << '\t' << figures << std::endl;
}

}  // namespace rehearse::rates
