#include "mocks/server/site.hpp"

#include "mocks/server/job.hpp"

namespace rehearse::server {

void reject(SiteVisit& visit, Protocol protocol, const Job& job, const House& house) {
  const bool scripted = visit.hand.scripted;
  const Hint hint{scripted ? 1 : house.transport.speed(), scripted};
  const std::string id = request_id(protocol, house.seed, visit.number);
  if (const latency::Refusal* refusal = job.refusal()) {
    visit.connection.send(refusal_response(protocol, *refusal, hint, id));
  } else if (job.fault()->fault == latency::Fault::Status) {
    visit.connection.send(fault_response(protocol, *job.fault(), hint, id));
  } else {
    visit.connection.reset();
  }
}

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
