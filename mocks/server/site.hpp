#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mocks/server/ask.hpp"
#include "mocks/server/call.hpp"
#include "mocks/server/connection.hpp"

namespace rehearse::server {

// A request to a provider's own API, on its way. Lives as long as serve() runs.
struct SiteVisit {
  Connection& connection;
  const wire::Request& request;
  std::string_view path;  // below the mount, without query
  std::string base;       // the mount's URL: "http://host:port/replicate"
  std::uint64_t number = 0;
  bool keyless = false;  // a key is asked for, and there is none
  Stagehand hand;
  // Which draw a call is, and who is billed.
  std::function<Result<Caller>(Ask&)> caller;
};

class Job;

// Answers a visit whose job was not created, since it was refused or met by a planned error or
// broken connection, in these words.
void reject(SiteVisit& visit, Protocol protocol, const Job& job, const House& house);

// The API of a provider that has more than single calls: jobs, files, lists. One per mount.
class Site {
 public:
  virtual ~Site() = default;
  // What answers the request (nullptr: it is answered); nothing where the path is not this API's.
  virtual std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) = 0;
};

// The site that a profile's name asks for; nullptr where single calls are all.
std::unique_ptr<Site> make_site(House& house, Provider& provider, std::uint64_t seed);

// By profile; each named like what it speaks.
std::unique_ptr<Site> make_replicate_site(House& house, Provider& provider, std::uint64_t seed);
std::unique_ptr<Site> make_runway_site(House& house, Provider& provider, std::uint64_t seed);
std::unique_ptr<Site> make_edge_tts_site(House& house, Provider& provider);
std::unique_ptr<Site> make_gemini_site(House& house, Provider& provider, std::uint64_t seed);
std::unique_ptr<Site> make_firecrawl_site(House& house, Provider& provider, std::uint64_t seed);

}  // namespace rehearse::server
