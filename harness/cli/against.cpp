#include "harness/cli/against.hpp"

#include <optional>

#include "harness/base/text.hpp"

namespace rehearse::cli {
namespace {

std::optional<WorldKind> parse_world(std::string_view text) {
  if (text == "sim") {
    return WorldKind::Sim;
  }
  if (text == "mock") {
    return WorldKind::Mock;
  }
  return text == "live" ? std::optional(WorldKind::Live) : std::nullopt;
}

}  // namespace

std::string world_name(WorldKind kind) {
  return kind == WorldKind::Sim ? "sim" : kind == WorldKind::Mock ? "mock" : "live";
}

WorldKind Against::of(const std::string& provider) const {
  const auto found = by_provider.find(provider);
  return found == by_provider.end() ? all : found->second;
}

std::string Against::text() const {
  std::string out = world_name(all);
  for (const auto& [provider, kind] : by_provider) {
    out += ", " + provider + "=" + world_name(kind);
  }
  return out;
}

bool Against::any_live() const {
  bool live = all == WorldKind::Live;
  for (const auto& [provider, kind] : by_provider) {
    live = live || kind == WorldKind::Live;
  }
  return live;
}

Result<Against> parse_against(const std::vector<std::string>& values) {
  Against out;
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    const std::string provider = equals == std::string::npos ? "" : value.substr(0, equals);
    const std::optional<WorldKind> kind =
        parse_world(equals == std::string::npos ? value : value.substr(equals + 1));
    if (!kind) {
      return Error{"--against", "expected sim, mock, live or PROVIDER=mock|live, found " +
                                    quoted_excerpt(value)};
    }
    if (provider.empty()) {
      out.all = *kind;
    } else {
      out.by_provider[provider] = *kind;
    }
  }
  for (const auto& [provider, kind] : out.by_provider) {
    if ((kind == WorldKind::Sim) != (out.all == WorldKind::Sim)) {
      return Error{"--against",
                   "virtual and real time cannot be mixed: expected mock or live both for " +
                       quoted_excerpt(provider) + " and for the rest"};
    }
  }
  return out;
}

}  // namespace rehearse::cli
