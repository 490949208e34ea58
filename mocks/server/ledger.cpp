#include "mocks/server/ledger.hpp"

#include "harness/base/text.hpp"

namespace rehearse::server {
namespace {

constexpr std::size_t kMostAccounts = 4096;  // past them, calls are billed to "others"

double usd(Money money) { return static_cast<double>(money.count_nano_usd()) / 1e9; }

std::string text_json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || byte < 0x20) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string row_json(const BillRow& row) {
  const Usage& u = row.usage;
  std::string out = "{\"provider\":" + text_json(row.provider) +
                    ",\"operation\":" + text_json(row.operation) +
                    ",\"model\":" + text_json(row.model) + ",\"caller\":" + text_json(row.caller) +
                    ",\"calls\":" + std::to_string(row.calls);
  const std::pair<const char*, std::int64_t> amounts[] = {
      {"input_tokens", u.input_tokens},   {"cached_tokens", u.cached_tokens},
      {"output_tokens", u.output_tokens}, {"images", u.images},
      {"audio_ms", u.audio_ms},           {"video_ms", u.video_ms},
      {"characters", u.characters},       {"bytes", u.bytes}};
  for (const auto& [name, amount] : amounts) {
    if (amount != 0) {
      out += std::string(",\"") + name + "\":" + std::to_string(amount);
    }
  }
  return out + ",\"cost_usd\":" + number_text(usd(row.cost)) + "}";
}

}  // namespace

void Ledger::answers_sent(Instant now, double speed) {
  for (const Instant due : leaving_) {
    stats_.pace.answers.record(((now - due) * (1 / speed)).count_ns());
  }
  leaving_.clear();
}

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
  BillRow& row = account(call);
  ++row.calls;
  row.usage += call.usage;
  row.cost += call.cost;
  stats_.usage += call.usage;
  stats_.bill += call.cost;
  if (sink_) {
    sink_(call);
  }
}

BillRow& Ledger::account(const CallRecord& call) {
  const auto found = accounts_.find(
      std::tie(call.provider, call.operation, call.model, call.caller));  // copies no text
  if (found != accounts_.end()) {
    return found->second;
  }
  return accounts_.size() < kMostAccounts
             ? accounts_[{call.provider, call.operation, call.model, call.caller}]
             : accounts_[{call.provider, call.operation, "others", "others"}];
}

Stats Ledger::stats() const {
  Stats out = stats_;
  for (const auto& [account, row] : accounts_) {
    out.bill_rows.push_back(row);
    BillRow& full = out.bill_rows.back();
    std::tie(full.provider, full.operation, full.model, full.caller) = account;
  }
  return out;
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
  out += "\"bill_usd\":" + number_text(usd(s.bill));
  out += ",\"bill\":[";
  for (const BillRow& row : s.bill_rows) {
    out += (&row == s.bill_rows.data() ? "" : ",") + row_json(row);
  }
  out += "]";
  return out + ",\"pace\":" + pace_json(s.pace) + "}";
}

}  // namespace rehearse::server
