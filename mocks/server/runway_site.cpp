#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/image.hpp"
#include "harness/wire/runway.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/mp4.hpp"
#include "mocks/server/job.hpp"
#include "mocks/server/picture.hpp"
#include "mocks/server/shelf.hpp"
#include "mocks/server/site.hpp"

namespace rehearse::server {
namespace {

struct TaskPath {
  std::string_view path;
  std::string_view operation;
};
constexpr TaskPath kTaskPaths[] = {
    {"/v1/image_to_video", "video"},        {"/v1/text_to_video", "video"},
    {"/v1/video_to_video", "video"},        {"/v1/video_upscale", "video"},
    {"/v1/character_performance", "video"}, {"/v1/text_to_image", "image"}};
constexpr std::string_view kTasks = "/v1/tasks/";
constexpr std::string_view kOutputs = "/v1/outputs/";

std::string make_uuid(std::uint64_t content) {
  script::Bits bits(content);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : out) {
    c = c == 'x' ? kDigits[bits.below(16)] : c;
  }
  return out;
}

// The address of what was made, as the one item of a list.
class UrlScript final : public Script {
 public:
  explicit UrlScript(std::string url) : url_(std::move(url)) {}
  wire::Response whole(const latency::Plan&) override {
    return wire::json_response(200, "[" + json::dump(json::Value(url_)) + "]");
  }

 private:
  std::string url_;
};

struct Kept {
  bool over() const { return job->over(); }
  void release() {}
  wire::ImageSize size;
  double seconds = 0;
  std::unique_ptr<Job> job;
};

std::string_view status_of(const Job& job) {
  switch (job.state()) {
    case Job::State::Queued:
      return "THROTTLED";
    case Job::State::Starting:
      return "PENDING";
    case Job::State::Running:
      return "RUNNING";
    case Job::State::Succeeded:
      return "SUCCEEDED";
    case Job::State::Failed:
      return "FAILED";
    case Job::State::Cancelled:
      return "CANCELLED";
  }
  return "FAILED";
}

wire::Response runway_error(int status, std::string_view message) {
  return wire::json_response(status, wire::runway::encode_error(message));
}

class RunwaySite final : public Site {
 public:
  RunwaySite(House& house, Provider& provider, std::uint64_t seed)
      : house_(house), provider_(provider), seed_(seed) {}

  std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) override {
    const bool task = visit.path.starts_with(kTasks);
    const auto* endpoint = std::find_if(
        std::begin(kTaskPaths), std::end(kTaskPaths),
        [&](const TaskPath& e) { return e.path == visit.path && visit.request.method == "POST"; });
    if (visit.path.starts_with(kOutputs)) {
      return output(visit, visit.path.substr(kOutputs.size()));
    }
    if (!task && endpoint == std::end(kTaskPaths)) {
      return std::nullopt;
    }
    if (visit.keyless) {
      return say(visit, runway_error(401, "Missing API key."));
    }
    if (visit.request.headers.get("x-runway-version").empty()) {
      return say(visit, runway_error(400, "The X-Runway-Version header is required."));
    }
    return task ? about(visit, visit.path.substr(kTasks.size()))
                : create(visit, std::string(endpoint->operation));
  }

 private:
  using Served = std::unique_ptr<Exchange>;
  Served say(SiteVisit& visit, wire::Response response) {
    visit.connection.send(std::move(response));
    return nullptr;
  }
  Served create(SiteVisit& visit, std::string operation);
  Served about(SiteVisit& visit, std::string_view id);
  Served output(SiteVisit& visit, std::string_view name);

  House& house_;
  Provider& provider_;
  std::uint64_t seed_;
  Shelf<Kept> kept_;
};

std::unique_ptr<Exchange> RunwaySite::create(SiteVisit& visit, std::string operation) {
  const auto request = wire::runway::decode_request(visit.request.body);
  if (!request) {
    return say(visit, runway_error(400, request.error().text()));
  }
  const latency::Entry* entry = visit.hand.profile.find(operation, request->model);
  if (entry == nullptr) {
    return say(visit, runway_error(400, "Validation of body failed: model " +
                                            quoted_excerpt(request->model) + " is not available."));
  }
  Ask ask;
  ask.operation = std::move(operation);
  ask.model = entry->model;
  ask.size = request->ratio;
  std::replace(ask.size.begin(), ask.size.end(), ':', 'x');
  const auto size = wire::parse_image_size(ask.size.empty() ? entry->size : ask.size);
  if (!size) {
    return say(visit, runway_error(400, "Validation of body failed: ratio: " + size.error().what));
  }
  ask.amounts.audio_ms = request->seconds * 1000;
  const std::string id = make_uuid(mix64(seed_ * 0x9E37 + visit.number));
  const bool video = entry->kind == latency::Kind::Video;
  ask.script = std::make_unique<UrlScript>(video ? visit.base + std::string(kOutputs) + id + ".mp4"
                                                 : visit.hand.origin + "/__rehearse/" +
                                                       picture_path(*size, hash_name(id)));
  const auto caller = visit.caller(ask);
  if (!caller) {
    return say(visit, runway_error(400, caller.error().text()));
  }
  auto kept = std::make_unique<Kept>();
  kept->size = *size;
  kept->job = std::make_unique<Job>(house_, provider_, *caller, std::move(ask));
  kept->job->begin();
  if (kept->job->refusal() != nullptr || kept->job->fault() != nullptr) {
    reject(visit, Protocol::Runway, *kept->job, house_);
    return nullptr;
  }
  kept_.add(id, std::move(kept));
  return say(visit,
             wire::json_response(200, json::dump(wire::object_of({{"id", std::string_view(id)}}))));
}

std::unique_ptr<Exchange> RunwaySite::about(SiteVisit& visit, std::string_view id) {
  Kept* kept = kept_.find(id);
  if (visit.request.method == "DELETE") {
    if (kept != nullptr) {
      kept->job->cancel();
      kept_.erase(id);
    }
    return say(visit, {204, {}, ""});
  }
  if (kept == nullptr) {
    return say(visit, runway_error(404, "An entity with the specified id was not found."));
  }
  Job& job = *kept->job;
  wire::runway::Task task;
  task.id = id;
  task.status = status_of(job);
  task.created = Instant() + Duration::seconds(kCreated) + (job.created() - Instant());
  task.progress = job.progress();
  if (job.state() == Job::State::Succeeded) {
    task.output_json = job.output();
  } else if (job.state() == Job::State::Failed) {
    task.failure = job.error();
    task.failure_code = "INTERNAL.BAD_OUTPUT.CODE01";
  }
  return say(visit, wire::json_response(200, wire::runway::encode_task(task)));
}

std::unique_ptr<Exchange> RunwaySite::output(SiteVisit& visit, std::string_view name) {
  constexpr std::string_view kEnding = ".mp4";
  Kept* kept =
      name.ends_with(kEnding) ? kept_.find(name.substr(0, name.size() - kEnding.size())) : nullptr;
  if (kept == nullptr || kept->job->state() != Job::State::Succeeded) {
    return say(visit, runway_error(404, "An entity with the specified id was not found."));
  }
  // Sides of a ratio that no camera has, and of a video that its profile draws too long.
  const auto side = [](std::int64_t pixels) {
    return std::clamp<std::int64_t>(pixels, 16, 4096) / 2 * 2;
  };
  const double seconds = static_cast<double>(kept->job->plan().usage.video_ms) * 1e-3;
  const script::Mp4Spec spec{
      {side(kept->size.width), side(kept->size.height)},
      std::clamp(seconds, 1.0 / script::kFramesPerSecond, script::kLongestVideo),
      hash_name(name)};
  return make_later(visit.connection, house_, "video/mp4", [spec] {
    auto video = script::make_mp4(spec);
    return video ? std::move(*video) : std::string();
  });
}

}  // namespace

std::unique_ptr<Site> make_runway_site(House& house, Provider& provider, std::uint64_t seed) {
  return std::make_unique<RunwaySite>(house, provider, seed);
}

}  // namespace rehearse::server
