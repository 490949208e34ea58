#include "mocks/server/caller_name.hpp"
#include "mocks/server/router.hpp"

namespace rehearse::server {

SiteVisit Router::site_visit(Visit& visit) {
  const std::string_view full = wire::path_of(visit.request.target);
  const Stagehand own = hand(visit);
  return {visit.connection,
          visit.request,
          visit.path,
          own.origin + std::string(full.substr(0, full.size() - visit.path.size())),
          visit.number,
          options_.require_key && !has_key(visit.request),
          own,
          [this, &visit](Ask& ask) {
            Result<Caller> caller = caller_of(visit, ask);
            if (caller) {
              caller->name = caller_name(visit.request.headers, caller->stage);
            }
            return caller;
          }};
}

}  // namespace rehearse::server
