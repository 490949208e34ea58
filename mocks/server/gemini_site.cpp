#include <algorithm>
#include <charconv>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/wire/gemini_path.hpp"
#include "harness/wire/gemini_video.hpp"
#include "mocks/script/mp4.hpp"
#include "mocks/server/job.hpp"
#include "mocks/server/picture.hpp"
#include "mocks/server/shelf.hpp"
#include "mocks/server/site.hpp"

namespace rehearse::server {
namespace {

namespace gemini_wire = wire::gemini;

// The operation alone: what it made is fetched elsewhere.
class OperationScript final : public Script {
 public:
  wire::Response whole(const latency::Plan&) override { return wire::json_response(200, "{}"); }
};

struct KeptVideo {
  bool over() const { return job->over(); }
  void release() {}
  gemini_wire::VideoRequest asked;
  std::string files;  // where its files are: "http://…/v1beta/files/"
  std::unique_ptr<Job> job;
};

// Lower case, as Google names operations.
std::string operation_id(std::uint64_t content) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, content, 36).ptr;
  return {digits, end};
}

// The videos of a Gemini API; its single calls are no matter of this site.
class GeminiSite final : public Site {
 public:
  GeminiSite(House& house, Provider& provider, std::uint64_t seed)
      : house_(house), provider_(provider), seed_(seed) {}

  std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) override {
    const auto method = gemini_wire::parse_method(visit.path);
    const bool creates = method && method->action == gemini_wire::kPredictLongRunning &&
                         visit.request.method == "POST";
    const auto operation = gemini_wire::parse_operation_path(visit.path);
    const auto file = gemini_wire::parse_download_path(visit.path);
    if (!creates && !operation && !file) {
      return std::nullopt;
    }
    if (visit.keyless) {
      return fail(visit, no_key(Protocol::Gemini));
    }
    return creates     ? create(visit, *method)
           : operation ? about(visit, *operation)
                       : download(visit, *file);
  }

 private:
  using Served = std::unique_ptr<Exchange>;

  Served say(SiteVisit& visit, wire::Response response) {
    visit.connection.send(std::move(response));
    return nullptr;
  }
  Served fail(SiteVisit& visit, wire::ApiError error) {
    return say(visit, error_response(Protocol::Gemini, std::move(error)));
  }
  Served not_found(SiteVisit& visit) {
    return fail(visit, {404, "Requested entity was not found.", {}, {}, "NOT_FOUND"});
  }
  Served create(SiteVisit& visit, const gemini_wire::Method& method);
  Served about(SiteVisit& visit, const std::string& id);
  Served download(SiteVisit& visit, const std::string& file);

  House& house_;
  Provider& provider_;
  std::uint64_t seed_;
  Shelf<KeptVideo> kept_;
};

std::unique_ptr<Exchange> GeminiSite::create(SiteVisit& visit, const gemini_wire::Method& method) {
  const latency::Entry* entry = visit.hand.profile.find("video", method.model);
  if (entry == nullptr) {
    return fail(visit, {404,
                        "models/" + method.model + " is not found for API version " +
                            method.version + ", or is not supported for predictLongRunning.",
                        {},
                        {},
                        "NOT_FOUND"});
  }
  auto asked = gemini_wire::decode_video_request(visit.request.body, method.model);
  if (!asked) {
    return fail(visit, bad_request(Protocol::Gemini, asked.errors()));
  }
  Ask ask;
  ask.operation = entry->operation;
  ask.model = method.model;
  ask.size = wire::image_size_text(gemini_wire::video_size(*asked));
  ask.quality = asked->resolution;
  ask.amounts.audio_ms = asked->seconds * 1'000;
  ask.amounts.n = asked->count;
  ask.script = std::make_unique<OperationScript>();
  const auto caller = visit.caller(ask);
  if (!caller) {
    return fail(visit, bad_request(Protocol::Gemini, caller.errors()));
  }
  auto kept = std::make_unique<KeptVideo>();
  kept->asked = std::move(*asked);
  kept->files = visit.base + "/" + method.version + "/files/";
  kept->job = std::make_unique<Job>(house_, provider_, *caller, std::move(ask));
  kept->job->begin();
  if (kept->job->refusal() != nullptr || kept->job->fault() != nullptr) {
    reject(visit, Protocol::Gemini, *kept->job, house_);
    return nullptr;
  }
  const std::string id = operation_id(mix64(seed_ * 0x9E37 + visit.number));
  gemini_wire::VideoOperation operation;
  operation.name = "models/" + method.model + "/operations/" + id;
  kept_.add(id, std::move(kept));
  return say(visit, wire::json_response(200, gemini_wire::encode_operation(operation)));
}

std::unique_ptr<Exchange> GeminiSite::about(SiteVisit& visit, const std::string& id) {
  KeptVideo* kept = kept_.find(id);
  if (kept == nullptr || visit.request.method != "GET") {
    return not_found(visit);
  }
  gemini_wire::VideoOperation operation;
  operation.name = "models/" + kept->asked.model + "/operations/" + id;
  operation.done = kept->job->over();
  if (kept->job->state() == Job::State::Succeeded) {
    for (std::int64_t i = 0; i < kept->asked.count; ++i) {
      operation.uris.push_back(kept->files + id + "v" + std::to_string(i) + ":download?alt=media");
    }
  } else if (operation.done) {
    operation.error = wire::ApiError{13, std::string(kept->job->error()), {}, {}, {}};  // INTERNAL
  }
  return say(visit, wire::json_response(200, gemini_wire::encode_operation(operation)));
}

std::unique_ptr<Exchange> GeminiSite::download(SiteVisit& visit, const std::string& file) {
  const std::size_t mark = file.rfind('v');
  KeptVideo* kept = mark == std::string::npos ? nullptr : kept_.find(file.substr(0, mark));
  const std::string number = mark == std::string::npos ? "" : file.substr(mark + 1);
  const bool one = number.size() == 1 && number[0] >= '0' && number[0] <= '9';
  if (kept == nullptr || !one || number[0] - '0' >= kept->asked.count ||
      kept->job->state() != Job::State::Succeeded) {
    return not_found(visit);
  }
  const script::Mp4Spec spec{gemini_wire::video_size(kept->asked),
                             static_cast<double>(kept->asked.seconds), hash_name(file)};
  return make_later(visit.connection, house_, "video/mp4", [spec] {
    auto video = script::make_mp4(spec);
    return video ? std::move(*video) : std::string();
  });
}

}  // namespace

std::unique_ptr<Site> make_gemini_site(House& house, Provider& provider, std::uint64_t seed) {
  return std::make_unique<GeminiSite>(house, provider, seed);
}

}  // namespace rehearse::server
