#include "mocks/server/ledger.hpp"

#include "harness/base/text.hpp"

namespace rehearse::server {
namespace {

std::string quantile_ms(const stats::Histogram& histogram, double q) {
  const auto ns = histogram.quantile(q);
  return ns ? number_text(*ns / 1e6) : "null";
}

}  // namespace

void Ledger::ended(const CallRecord& call) {
  ++stats_.calls;
  switch (call.end) {
    case CallEnd::Answered:
      ++stats_.answered;
      break;
    case CallEnd::Refused:
      ++stats_.refused;
      break;
    case CallEnd::Broken:
      ++stats_.broken;
      break;
    case CallEnd::Abandoned:
      ++stats_.abandoned;
      break;
  }
  stats_.usage += call.usage;
  stats_.bill += call.cost;
  if (sink_) {
    sink_(call);
  }
}

std::string stats_json(const Stats& s) {
  std::string out = "{";
  const auto count = [&out](const char* name, std::uint64_t value) {
    out += '"';
    out += name;
    out += "\":" + std::to_string(value) + ",";
  };
  count("requests", s.requests);
  count("calls", s.calls);
  count("answered", s.answered);
  count("refused", s.refused);
  count("broken", s.broken);
  count("abandoned", s.abandoned);
  count("in_service", s.in_service);
  count("queued", s.queued);
  count("open_connections", s.open_connections);
  count("accepted_connections", s.accepted_connections);
  count("input_tokens", static_cast<std::uint64_t>(s.usage.input_tokens));
  count("output_tokens", static_cast<std::uint64_t>(s.usage.output_tokens));
  count("images", static_cast<std::uint64_t>(s.usage.images));
  out += "\"bill_usd\":" + number_text(s.bill.count_usd());
  out += ",\"lateness_ms\":{\"count\":" + std::to_string(s.lateness.count());
  out += ",\"p50\":" + quantile_ms(s.lateness, 0.5);
  out += ",\"p99\":" + quantile_ms(s.lateness, 0.99);
  out += ",\"max\":" + number_text(static_cast<double>(s.lateness.max()) / 1e6) + "}}";
  return out;
}

}  // namespace rehearse::server
