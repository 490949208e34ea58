#include "mocks/server/router.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/openai_error.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/caller_name.hpp"
#include "mocks/server/picture.hpp"

namespace rehearse::server {
namespace {

constexpr std::string_view kOwnPages = "/__rehearse/";
constexpr std::string_view kJobPrefix = "/job/";

// True for "/v1", "/v1/…" and "/v1?…".
bool under(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// Takes "/job/17" off the front.
bool take_job(std::string_view& path, std::uint64_t& job) {
  if (!path.starts_with(kJobPrefix)) {
    return false;
  }
  const char* begin = path.data() + kJobPrefix.size();
  const char* end = path.data() + path.size();
  const auto [rest, error] = std::from_chars(begin, end, job);
  if (error != std::errc() || (rest != end && *rest != '/')) {
    return false;
  }
  path.remove_prefix(static_cast<std::size_t>(rest - path.data()));
  return true;
}

std::uint32_t retry_count(const wire::Headers& headers) {
  const std::string_view text = headers.get("x-stainless-retry-count");
  std::uint32_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

Router::Router(const std::vector<Mount>& mounts, const Options& options, House& house)
    : options_(options),
      house_(house),
      book_(options.seed),
      pictures_(std::make_shared<script::PngMaker>()),
      responses_(std::make_shared<ResponseBook>()) {
  for (const Mount& mount : mounts) {
    seats_.push_back(
        {&mount, std::unique_ptr<Provider>(new Provider{
                     mount.name, {mount.profile, mount.stage_times, mount.options}, Instant()})});
    seats_.back().site = make_site(house, *seats_.back().provider, options.seed);
    seats_.back().described = is_described(*mount.profile);
  }
}

Stats Router::stats() const {
  Stats stats = house_.ledger.stats();
  for (const Seat& seat : seats_) {
    stats.in_service += seat.provider->model.in_service();
    stats.queued += seat.provider->model.queued();
    const Instant now = seat.provider->in_order(house_.transport.now());
    stats.limits[seat.mount->name] = seat.provider->model.uses(now);
  }
  stats.open_connections = house_.transport.open_connections();
  stats.accepted_connections = house_.transport.accepted_connections();
  stats.pace.held_back = house_.transport.held_back();
  return stats;
}

std::unique_ptr<Exchange> Router::start(Connection& connection, wire::Request request) {
  house_.ledger.request();
  Visit visit{connection, std::move(request), ++requests_};
  if (const std::size_t scheme = visit.request.target.find("://");
      visit.request.target.starts_with("http") && scheme != std::string::npos) {
    // The absolute form that proxies are sent.
    const std::size_t slash = visit.request.target.find('/', scheme + 3);
    visit.request.target = slash == std::string::npos ? "/" : visit.request.target.substr(slash);
  }
  const std::string_view path = wire::path_of(visit.request.target);
  if (path.starts_with(kOwnPages)) {
    return own_page(visit, path.substr(kOwnPages.size()));
  }
  if (!path.starts_with('/') || !find_seat(visit)) {
    visit.protocol = Protocol::OpenAi;
    fail(visit,
         {404, "Nothing is served at " + quoted_excerpt(path), {}, std::nullopt, "unknown_url"});
    return nullptr;
  }
  if (visit.seat->site) {
    SiteVisit own = site_visit(visit);
    if (auto served = visit.seat->site->serve(own)) {
      return std::move(*served);
    }
  }
  switch (visit.protocol) {
    case Protocol::OpenAi:
      return openai(visit);
    case Protocol::Ollama:
      return ollama(visit);
    case Protocol::Anthropic:
      return anthropic(visit);
    case Protocol::Gemini:
      return gemini(visit);
    case Protocol::Stability:
      return stability(visit);
    case Protocol::Generic:
    case Protocol::Firecrawl:
    case Protocol::Replicate:
    case Protocol::Runway:
      break;
  }
  return generic(visit);
}

void Router::sent() {
  if (house_.ledger.answers_are_due()) {
    house_.ledger.answers_sent(house_.transport.now(), house_.transport.speed());
  }
}

// Where several mounts speak the same words, the root is the one whose profile is named like them,
// or that offers what a backend is mostly asked for.
Router::Seat* Router::first_with(Protocol protocol) {
  Seat* first = nullptr;
  for (Seat& seat : seats_) {
    const latency::Profile& profile = *seat.mount->profile;
    if (protocol_of(profile) != protocol) {
      continue;
    }
    if (protocol == Protocol::OpenAi ? profile.name.starts_with("openai")
                                     : profile.find("query", "") != nullptr) {
      return &seat;
    }
    first = first == nullptr ? &seat : first;
  }
  return first;
}

// The mount, the path below it, and whose words are spoken there.
bool Router::find_seat(Visit& visit) {
  visit.path = wire::path_of(visit.request.target);
  take_job(visit.path, visit.job);
  for (Seat& seat : seats_) {
    const std::string& name = seat.mount->name;
    if (visit.path.starts_with('/') && under(visit.path.substr(1), name)) {
      visit.seat = &seat;
      visit.path.remove_prefix(name.size() + 1);
      break;
    }
  }
  for (Seat& seat : seats_) {  // what a profile describes goes before what others guess
    const bool wanted = seat.described && (visit.seat == nullptr || visit.seat == &seat);
    if (wanted && find_endpoint(*seat.mount->profile, visit.request.method, visit.path)) {
      visit.seat = &seat;
      visit.protocol = Protocol::Generic;
      return true;
    }
  }
  if (find_native(visit)) {
    return true;
  }
  const bool rooted = visit.seat == nullptr;
  const bool generic = !rooted && is_generic(*visit.seat->mount->profile);
  visit.protocol = generic                     ? Protocol::Generic
                   : under(visit.path, "/v1")  ? Protocol::OpenAi
                   : under(visit.path, "/api") ? Protocol::Ollama
                   : rooted                    ? Protocol::Generic
                                               : protocol_of(*visit.seat->mount->profile);
  if (rooted) {
    visit.seat = first_with(visit.protocol);
    if (visit.seat == nullptr && visit.protocol == Protocol::OpenAi) {
      visit.seat = first_with(Protocol::Ollama);  // which speaks these words too
    } else if (visit.seat == nullptr) {
      visit.protocol = Protocol::Generic;
      visit.seat = first_with(Protocol::Generic);
    }
  }
  return visit.seat != nullptr;
}

std::unique_ptr<Exchange> Router::own_page(Visit& visit, std::string_view path) {
  if (path == "health") {
    answer(visit, wire::json_response(200, R"({"ok":true})"));
  } else if (path == "stats") {
    answer(visit, wire::json_response(200, stats_json(stats())));
  } else if (auto picture = make_picture(visit.connection, path, pictures_, house_)) {
    return std::move(*picture);
  } else {
    fail(visit,
         {404, "The server has no page " + quoted_excerpt(path), {}, std::nullopt, "unknown_url"});
  }
  return nullptr;
}

// "/embedding": an operation that has no endpoint of its own in these words.
bool Router::is_operation(const Visit& visit, std::string_view path) const {
  return path.starts_with('/') && visit.seat->mount->profile->find(path.substr(1), "") != nullptr;
}

std::unique_ptr<Exchange> Router::generic(Visit& visit) {
  return call(visit, ask_generic(visit.request, visit.path, hand(visit)));
}

// ---- calls
// -------------------------------------------------------------------------------------------

std::unique_ptr<Exchange> Router::call(Visit& visit, Result<Ask> ask) {
  auto out = make_call(visit, std::move(ask), visit.connection);
  if (out != nullptr) {
    out->begin();
  }
  return out;
}

// A call that has not arrived yet; nothing where the request was refused here.
std::unique_ptr<Call> Router::make_call(Visit& visit, Result<Ask> ask, Connection& connection) {
  if (!ask) {
    fail(visit, bad_request(visit.protocol, ask.errors()));
    return nullptr;
  }
  if (ask->refused && visit.seat->provider->model.profile().find(ask->operation, ask->model)) {
    fail(visit, *ask->refused);
    return nullptr;
  }
  Result<Caller> caller = caller_of(visit, *ask);
  if (!caller) {
    fail(visit, bad_request(visit.protocol, caller.errors()));
    return nullptr;
  }
  caller->name = caller_name(visit.request.headers, caller->stage);
  if (ask->deferred) {
    // Equal requests are different jobs.
    ask->script->content = mix64(ask->script->content + jobs_++);
  }
  return std::make_unique<Call>(
      Call::Options{house_, *visit.seat->provider, connection, visit.protocol, visit.number},
      std::move(*caller), std::move(*ask));
}

// Which draw this is: as the call says, else by what it looks like.
Result<Caller> Router::caller_of(const Visit& visit, Ask& ask) {
  Caller caller;
  const auto header = visit.request.headers.find(wire::kCallHeaderName);
  if (header) {
    const auto said = wire::parse_call_header(*header);
    if (!said) {
      return said.errors();
    }
    caller.key = {said->seed, said->job,     hash_name(said->stage),
                  said->item, said->attempt, said->share};
    caller.scripted = true;
    caller.stage = said->stage;
    caller.time_ratio = said->time_ratio;
    caller.new_connection = said->new_connection;
    CallFeatures& amounts = ask.amounts;
    amounts.input_tokens = said->input_tokens.value_or(0);
    amounts.output_tokens = said->output_tokens.value_or(0);
    amounts.cached_tokens = said->cached_tokens.value_or(0);
    amounts.steps = said->steps.value_or(0);
    amounts.audio_ms = said->audio_ms.value_or(0);
    amounts.characters = said->characters.value_or(0);
    amounts.bytes = said->bytes.value_or(0);
    amounts.n = said->n.value_or(amounts.n);
    ask.size = said->size.empty() ? ask.size : said->size;
    ask.quality = said->quality.empty() ? ask.quality : said->quality;
    ask.script->content = caller.key.bits(Dimension::Content);
    return caller;
  }
  const std::uint64_t body = script::body_key(visit.request.body);
  const StageBook::Entry entry = book_.enter(
      *visit.seat->mount, {visit.job, ask.operation, visit.path, ask.model, visit.request.body,
                           body, retry_count(visit.request.headers)});
  caller.key = entry.key;
  if (entry.stage != nullptr) {
    caller.stage = entry.stage->stage;
    if (entry.stage->output_tokens && ask.amounts.output_tokens == 0) {
      const double drawn =
          entry.stage->output_tokens->quantile(entry.key.uniform(Dimension::OutputTokens));
      ask.amounts.output_tokens = std::max<std::int64_t>(static_cast<std::int64_t>(drawn + 0.5), 1);
    }
  }
  const std::string_view target = wire::path_of(visit.request.target);
  const std::size_t query = target.size();
  ask.script->content = script::content_key(
      options_.seed,
      std::string(visit.path) + visit.request.target.substr(query) + '\n' + std::to_string(body));
  // The same question gets the same answer, so its length is drawn from the question.
  const latency::Entry* asked = visit.seat->mount->profile->find(ask.operation, ask.model);
  if (ask.amounts.output_tokens == 0 && asked != nullptr && asked->kind == latency::Kind::Chat) {
    const double u = unit_interval(mix64(ask.script->content ^ hash_name("output tokens")));
    ask.amounts.output_tokens = std::max<std::int64_t>(
        static_cast<std::int64_t>(asked->output_tokens.quantile(u) + 0.5), 1);
  }
  return caller;
}

Stagehand Router::hand(const Visit& visit) {
  const std::string_view host = visit.request.headers.get("host");
  const bool sane = !host.empty() && host.size() < 256 &&
                    std::all_of(
                        host.begin(), host.end(),
                        [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-' ||
                                 c == '[' || c == ']';
                        });
  return {*visit.seat->mount->profile,
          pictures_,
          responses_,
          sane ? "http://" + std::string(host) : house_.transport.url(),
          options_.seed,
          visit.request.headers.find(wire::kCallHeaderName).has_value()};
}

bool Router::has_key(const wire::Request& request) const {
  const std::string_view bearer = request.headers.get("authorization");
  return (bearer.starts_with("Bearer ") && bearer.size() > 7) ||
         !request.headers.get("x-api-key").empty() || !request.headers.get("api-key").empty() ||
         !request.headers.get("x-goog-api-key").empty() ||
         !wire::query_value(request.target, "key").empty();
}

void Router::answer(Visit& visit, wire::Response response) {
  add_service_headers(visit.protocol, response.headers,
                      {options_.seed, visit.number, Duration::zero(), latency::LimitState(),
                       house_.transport.speed()});
  visit.connection.send(std::move(response));
}

void Router::fail(Visit& visit, wire::ApiError error) {
  error.request_id = request_id(visit.protocol, options_.seed, visit.number);
  answer(visit, error_response(visit.protocol, std::move(error)));
}

}  // namespace rehearse::server
