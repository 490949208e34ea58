#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

double CapacitySpec::slowdown(std::int64_t in_service) const {
  const auto n = static_cast<double>(in_service);
  if (speed_up.empty() || n <= 1) {
    return 1;
  }
  double calls = 1;
  double rate = 1;
  for (const auto& [more, faster] : speed_up) {
    if (n <= more) {
      rate += more > calls ? (faster - rate) * (n - calls) / (more - calls) : 0;
      return n / rate;
    }
    calls = more;
    rate = faster;
  }
  return n / rate;
}
namespace {

bool alias_fits(std::string_view alias, std::string_view model) {
  if (!alias.empty() && alias.back() == '*') {
    return model.starts_with(alias.substr(0, alias.size() - 1));
  }
  return alias == model;
}

}  // namespace

const Entry* Profile::find(std::string_view operation, std::string_view model) const {
  if (model.empty()) {
    for (const auto& [known, index] : defaults) {
      if (known == operation) {
        return &entries[index];
      }
    }
    return nullptr;
  }
  const Entry* any = nullptr;
  const Entry* alias = nullptr;
  for (const Entry& entry : entries) {
    if (entry.operation != operation) {
      continue;
    }
    if (entry.model == model) {
      return &entry;
    }
    if (any == nullptr && (entry.model.empty() || entry.model == "*")) {
      any = &entry;
    }
    for (const std::string& pattern : entry.aliases) {
      if (alias == nullptr && alias_fits(pattern, model)) {
        alias = &entry;
      }
    }
  }
  return alias != nullptr ? alias : any;
}

}  // namespace rehearse::latency
