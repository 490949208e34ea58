#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/multipart.hpp"
#include "harness/wire/replicate.hpp"
#include "harness/wire/time_text.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/replicate_prediction.hpp"
#include "mocks/server/shelf.hpp"
#include "mocks/server/site.hpp"

namespace rehearse::server {
namespace {

using wire::replicate::Prediction;
using wire::replicate::PredictionRequest;

wire::Response replicate_error(int status, std::string_view detail) {
  return wire::json_response(status, wire::replicate::encode_error(status, detail));
}

struct File {
  bool over() const { return true; }
  void release() {}
  std::string json;
};

class ReplicateSite final : public Site {
 public:
  ReplicateSite(House& house, Provider& provider, std::uint64_t seed)
      : house_(house), provider_(provider), seed_(seed) {}

  std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) override;

 private:
  using Served = std::unique_ptr<Exchange>;
  Served say(SiteVisit& visit, wire::Response response) {
    visit.connection.send(std::move(response));
    return nullptr;
  }
  Served predictions(SiteVisit& visit, std::string_view rest);
  Served create(SiteVisit& visit, std::string model);
  Served list(SiteVisit& visit);
  Served stream(SiteVisit& visit, std::string_view id);
  Served model(SiteVisit& visit, std::string_view rest, bool deployment);
  Served files(SiteVisit& visit, std::string_view rest);
  Served upload(SiteVisit& visit);

  House& house_;
  Provider& provider_;
  std::uint64_t seed_;
  Shelf<ReplicatePrediction> kept_;
  Shelf<File> files_{1000};
};

std::optional<std::unique_ptr<Exchange>> ReplicateSite::serve(SiteVisit& visit) {
  constexpr std::pair<std::string_view, int> kFolders[] = {
      {"/v1/predictions", 0}, {"/v1/models", 1},  {"/v1/deployments", 2},
      {"/v1/files", 3},       {"/v1/streams", 4}, {"/v1/webhooks/default/secret", 5}};
  for (const auto& [folder, which] : kFolders) {
    std::string_view rest = visit.path;
    if (!rest.starts_with(folder)) {
      continue;
    }
    rest.remove_prefix(folder.size());
    if (!rest.empty() && rest.front() != '/') {
      continue;
    }
    rest.remove_prefix(rest.empty() ? 0 : 1);
    if (visit.keyless) {
      return say(visit, replicate_error(401, "You did not pass an authentication token"));
    }
    switch (which) {
      case 0:
        return predictions(visit, rest);
      case 1:
      case 2:
        return model(visit, rest, which == 2);
      case 3:
        return files(visit, rest);
      case 4:
        return stream(visit, rest);
      default:
        return say(visit, wire::json_response(
                              200, json::dump(wire::object_of({{"key", webhook_secret(seed_)}}))));
    }
  }
  return std::nullopt;
}

std::unique_ptr<Exchange> ReplicateSite::predictions(SiteVisit& visit, std::string_view rest) {
  const std::string& method = visit.request.method;
  if (rest.empty()) {
    return method == "POST" ? create(visit, "") : list(visit);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  ReplicatePrediction* kept = kept_.find(rest.substr(0, slash));
  if (kept == nullptr) {
    return say(visit, replicate_error(404, "The requested resource could not be found."));
  }
  if (rest.substr(slash) == "/cancel" && method == "POST") {
    kept->job->cancel();
  } else if (slash != rest.size() || method == "POST") {
    return say(visit, replicate_error(404, "The requested resource could not be found."));
  }
  return say(visit, wire::json_response(200, wire::replicate::encode_prediction(kept->now())));
}

std::unique_ptr<Exchange> ReplicateSite::create(SiteVisit& visit, std::string model) {
  auto request = wire::replicate::decode_request(visit.request.body);
  if (!request) {
    return say(visit, replicate_error(422, request.error().text()));
  }
  if (model.empty()) {
    model = request->model.empty() ? request->version : request->model;
  }
  if (model.empty()) {
    return say(visit, replicate_error(422, "- version: a version or a model is required"));
  }
  auto kept = std::make_unique<ReplicatePrediction>(house_, seed_);
  if (!request->webhook.empty()) {
    auto hook = parse_webhook(request->webhook);
    if (!hook) {
      return say(visit, replicate_error(422, hook.error().text()));
    }
    kept->hook = std::move(*hook);
  }
  auto ask = ask_replicate({model, request->input}, visit.hand);
  if (!ask) {
    const bool unknown = ask.error().where.empty();
    return say(visit, replicate_error(unknown ? 404 : 422, ask.error().text()));
  }
  const auto caller = visit.caller(*ask);
  if (!caller) {
    return say(visit, replicate_error(422, caller.error().text()));
  }
  kept->model = ask->model;
  kept->id = script::make_id("", mix64(seed_ * 0x9E37 + visit.number), 26);
  std::transform(kept->id.begin(), kept->id.end(), kept->id.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  kept->url = visit.base + "/v1";
  kept->request = std::move(*request);
  kept->job = std::make_unique<Job>(house_, provider_, *caller, std::move(*ask));
  kept->job->listen(kept.get());
  kept->job->begin();
  if (kept->job->refusal() != nullptr || kept->job->fault() != nullptr) {
    reject(visit, Protocol::Replicate, *kept->job, house_);
    return nullptr;
  }
  const std::string id = kept->id;
  ReplicatePrediction& own = kept_.add(id, std::move(kept));
  const auto most = wire::replicate::prefer_wait(visit.request.headers.get("prefer"));
  if (most && !own.over()) {
    return wait_for_prediction(visit.connection, house_, own, *most);
  }
  Prediction now = own.now();
  now.status = now.status == "processing" ? "starting" : now.status;
  return say(visit, wire::json_response(201, wire::replicate::encode_prediction(now)));
}

std::unique_ptr<Exchange> ReplicateSite::list(SiteVisit& visit) {
  std::string body = R"({"previous":null,"next":null,"results":[)";
  int shown = 0;
  const auto& order = kept_.order();
  for (auto id = order.rbegin(); id != order.rend() && shown < 100; ++id) {
    if (ReplicatePrediction* kept = kept_.find(*id)) {
      Prediction now = kept->now();
      now.output_json.clear();  // a list is no place for pictures
      body += (shown++ == 0 ? "" : ",") + wire::replicate::encode_prediction(now);
    }
  }
  return say(visit, wire::json_response(200, body + "]}"));
}

std::unique_ptr<Exchange> ReplicateSite::stream(SiteVisit& visit, std::string_view id) {
  ReplicatePrediction* kept = kept_.find(id);
  if (kept == nullptr) {
    return say(visit, replicate_error(404, "The requested resource could not be found."));
  }
  return stream_prediction(visit.connection, house_, *kept);
}

// /models, /models/O/N, /models/O/N/predictions; the same of deployments.
std::unique_ptr<Exchange> ReplicateSite::model(SiteVisit& visit, std::string_view rest,
                                               bool deployment) {
  constexpr std::string_view kMake = "/predictions";
  if (rest.ends_with(kMake) && visit.request.method == "POST") {
    rest.remove_suffix(kMake.size());
    std::string name = wire::percent_decode(rest);
    // A deployment has a name of its own; where it is no model's, it runs the default one.
    if (deployment && !ask_replicate({name, json::Value::object()}, visit.hand)) {
      name = provider_.model.profile().entries.front().model;
    }
    return create(visit, std::move(name));
  }
  json::Value all = json::Value::array();
  for (const latency::Entry& entry : provider_.model.profile().entries) {
    const std::size_t slash = entry.model.find('/');
    if (slash == std::string::npos) {
      continue;
    }
    json::Value one = wire::object_of({{"owner", entry.model.substr(0, slash)},
                                       {"name", entry.model.substr(slash + 1)},
                                       {"url", "https://replicate.com/" + entry.model},
                                       {"visibility", "public"},
                                       {"run_count", 1},
                                       {"latest_version", json::Value()}});
    if (entry.model == rest) {
      return say(visit, wire::json_response(200, json::dump(one)));
    }
    all.push(std::move(one));
  }
  if (!rest.empty()) {
    return say(visit, replicate_error(404, "The requested resource could not be found."));
  }
  return say(visit,
             wire::json_response(200, json::dump(wire::object_of({{"previous", json::Value()},
                                                                  {"next", json::Value()},
                                                                  {"results", std::move(all)}}))));
}

std::unique_ptr<Exchange> ReplicateSite::upload(SiteVisit& visit) {
  const auto boundary = wire::boundary_of(visit.request.headers.get("content-type"));
  if (!boundary) {
    return say(visit, replicate_error(400, "Missing content"));
  }
  wire::MultipartDecoder decoder(*boundary, {100u << 20});
  const Status fed = decoder.feed(visit.request.body);
  const auto parts = fed ? decoder.finish() : Result<std::vector<wire::Part>>(fed.errors());
  const wire::Part* content = nullptr;
  for (std::size_t i = 0; parts && i < parts->size(); ++i) {
    content = (*parts)[i].name == "content" ? &(*parts)[i] : content;
  }
  if (content == nullptr) {
    return say(visit, replicate_error(400, "Missing content"));
  }
  const std::string id = script::make_id("", mix64(seed_ * 0xF11E + visit.number), 40);
  auto file = std::make_unique<File>();
  file->json = json::dump(wire::object_of(
      {{"id", id},
       {"name", content->file_name},
       {"content_type", content->content_type},
       {"size", static_cast<std::int64_t>(content->body.size())},
       {"etag", script::make_id("", hash_name(content->body), 32)},
       {"metadata", json::Value::object()},
       {"created_at", wire::rfc3339(replicate_instant(house_.transport.now()))},
       {"expires_at",
        wire::rfc3339(replicate_instant(house_.transport.now()) + Duration::seconds(86'400))},
       {"urls", wire::object_of({{"get", visit.base + "/v1/files/" + id}})}}));
  return say(visit, wire::json_response(201, files_.add(id, std::move(file)).json));
}

std::unique_ptr<Exchange> ReplicateSite::files(SiteVisit& visit, std::string_view rest) {
  const std::string& method = visit.request.method;
  if (rest.empty() && method == "POST") {
    return upload(visit);
  }
  if (rest.empty()) {
    std::string body = R"({"previous":null,"next":null,"results":[)";
    bool first = true;
    for (const std::string& id : files_.order()) {
      if (const File* file = files_.find(id)) {
        body += (first ? "" : ",") + file->json;
        first = false;
      }
    }
    return say(visit, wire::json_response(200, body + "]}"));
  }
  const File* file = files_.find(rest);
  if (file == nullptr) {
    return say(visit, replicate_error(404, "The requested resource could not be found."));
  }
  if (method == "DELETE") {
    files_.erase(rest);
    return say(visit, {204, {}, ""});
  }
  return say(visit, wire::json_response(200, file->json));
}

}  // namespace

std::unique_ptr<Site> make_replicate_site(House& house, Provider& provider, std::uint64_t seed) {
  return std::make_unique<ReplicateSite>(house, provider, seed);
}

}  // namespace rehearse::server
