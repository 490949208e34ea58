#include "mocks/server/site.hpp"

namespace rehearse::server {

std::unique_ptr<Site> make_site(House& house, Provider& provider, std::uint64_t seed) {
  const std::string& name = provider.model.profile().name;
  if (name.starts_with("replicate")) {
    return make_replicate_site(house, provider, seed);
  }
  if (name.starts_with("runway")) {
    return make_runway_site(house, provider, seed);
  }
  if (name.starts_with("firecrawl")) {
    return make_firecrawl_site(house, provider, seed);
  }
  if (name.starts_with("gemini")) {
    return make_gemini_site(house, provider, seed);
  }
  if (name.starts_with("edge-tts")) {
    return make_edge_tts_site(house, provider);
  }
  return nullptr;
}

}  // namespace rehearse::server
