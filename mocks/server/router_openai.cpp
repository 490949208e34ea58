#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/openai_models.hpp"
#include "harness/wire/openai_moderation.hpp"
#include "harness/wire/openai_responses.hpp"
#include "harness/wire/openai_video.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/mp4.hpp"
#include "mocks/server/picture.hpp"
#include "mocks/server/router.hpp"

// OpenAI's endpoints: calls, and what is kept and asked for again.
namespace rehearse::server {
namespace {

using wire::openai::ResponseStatus;

bool below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// Takes the first step off "/ID/action".
std::string_view take_step(std::string_view& path) {
  path.remove_prefix(path.empty() ? 0 : 1);
  const std::string_view step = path.substr(0, path.find('/'));
  path.remove_prefix(step.size());
  return step;
}

wire::ApiError unknown(std::string_view what, std::string_view id) {
  return {404, std::string(what) + " with id " + quoted_excerpt(id, 80) + " not found.",
          "invalid_request_error", "id", std::nullopt};
}

}  // namespace

std::unique_ptr<Exchange> Router::openai(Visit& visit) {
  std::string_view path = visit.path;
  path.remove_prefix(below(path, "/v1") ? 3 : 0);
  if (options_.require_key && !has_key(visit.request)) {
    fail(visit, {401,
                 "You didn't provide an API key. Provide it in an Authorization header.",
                 {},
                 std::nullopt,
                 "invalid_api_key"});
    return nullptr;
  }
  const bool reads = visit.request.method == "GET" || visit.request.method == "HEAD";
  if (below(path, wire::openai::kModelsPath) && reads) {
    return models(visit, path);
  }
  if (below(path, wire::openai::kResponsesPath)) {
    return responses(visit, path.substr(wire::openai::kResponsesPath.size()));
  }
  if (below(path, wire::openai::kVideosPath)) {
    if (path.ends_with("/content") && visit.request.method == "GET") {
      std::string_view rest = path.substr(wire::openai::kVideosPath.size());
      return video_content(visit, take_step(rest));
    }
    videos(visit, path.substr(wire::openai::kVideosPath.size()));
    return nullptr;
  }
  static constexpr std::pair<std::string_view, Understand> kEndpoints[] = {
      {wire::openai::kChatPath, &ask_openai_chat},
      {wire::openai::kImagePath, &ask_openai_image},
      {wire::openai::kImageEditPath, &ask_openai_image_edit},
      {wire::openai::kImageVariationPath, &ask_openai_image_edit},
      {wire::openai::kSpeechPath, &ask_openai_speech},
      {wire::openai::kTranscriptionPath, &ask_openai_transcription},
      {wire::openai::kTranslationPath, &ask_openai_translation},
      {wire::openai::kEmbeddingPath, &ask_openai_embedding},
      {wire::openai::kModerationPath, &ask_openai_moderation},
  };
  for (const auto& [endpoint, understand] : kEndpoints) {
    if (path == endpoint) {
      return is_method(visit, "POST") ? call(visit, understand(visit.request, hand(visit)))
                                      : nullptr;
    }
  }
  fail(visit, {404,
               "Invalid URL (" + visit.request.method + " " + std::string(visit.path) + ")",
               {},
               std::nullopt,
               "unknown_url"});
  return nullptr;
}

// Refuses any other.
bool Router::is_method(Visit& visit, std::string_view method) {
  if (visit.request.method == method) {
    return true;
  }
  fail(visit, {405,
               "Not allowed to " + quoted_excerpt(visit.request.method) + " on " +
                   std::string(visit.path) + ".",
               {},
               std::nullopt,
               "method_not_supported"});
  return false;
}

std::unique_ptr<Exchange> Router::models(Visit& visit, std::string_view path) {
  std::vector<wire::openai::Model> all;
  for (const latency::Entry& entry : visit.seat->mount->profile->entries) {
    const auto same = [&entry](const wire::openai::Model& m) { return m.id == entry.model; };
    if (!entry.model.empty() && entry.model != "*" && std::none_of(all.begin(), all.end(), same)) {
      all.push_back({entry.model, kCreated});
    }
  }
  if (path == wire::openai::kModelsPath) {
    answer(visit, wire::json_response(200, wire::openai::encode_models(all)));
    return nullptr;
  }
  const std::string id = wire::percent_decode(path.substr(wire::openai::kModelsPath.size() + 1));
  for (const wire::openai::Model& model : all) {
    if (model.id == id) {
      answer(visit, wire::json_response(200, wire::openai::encode_model(model)));
      return nullptr;
    }
  }
  fail(visit, {404,
               "The model '" + quoted_excerpt(id, 60) + "' does not exist",
               {},
               "model",
               "model_not_found"});
  return nullptr;
}

// A call that nobody waits for, arrived; nothing where it was refused, which has then been said.
std::unique_ptr<DeferredCall> Router::defer(Visit& visit, Result<Ask> ask, std::uint64_t& content) {
  auto job = std::make_unique<DeferredCall>();
  const Script* script = ask ? ask->script.get() : nullptr;
  auto made = make_call(visit, std::move(ask), *job);
  if (made == nullptr) {
    return nullptr;
  }
  content = script->content;  // the call holds it
  job->begin(std::move(made));
  if (job->answer() && job->answer()->status >= 400) {
    visit.connection.send(*job->answer());
    return nullptr;
  }
  return job;
}

// ---- responses
// -------------------------------------------------------------------------------------

std::unique_ptr<Exchange> Router::responses(Visit& visit, std::string_view path) {
  if (path.empty()) {
    if (!is_method(visit, "POST")) {
      return nullptr;
    }
    Result<Ask> ask = ask_openai_responses(visit.request, hand(visit));
    if (ask && ask->deferred) {
      create_background(visit, std::move(ask));
      return nullptr;
    }
    return call(visit, std::move(ask));
  }
  const std::string_view id = take_step(path);
  const std::string_view action = take_step(path);
  kept_response(visit, id, action);
  return nullptr;
}

void Router::create_background(Visit& visit, Result<Ask> ask) {
  auto request = wire::openai::decode_responses_request(visit.request.body);
  const std::string model = answer_model(*visit.seat->mount->profile, "chat", ask->model);
  std::uint64_t content = 0;
  auto job = defer(visit, std::move(ask), content);
  if (job == nullptr || !request) {
    return;
  }
  ResponseBook::Entry entry;
  entry.reply.id = script::make_id("resp_", content, 48);
  entry.reply.model = model;
  entry.reply.created_s = kCreated;
  entry.reply.status = ResponseStatus::Queued;
  entry.reply.echo = std::move(request->echo);
  entry.input_items = std::move(request->input_items);
  entry.background = std::move(job);
  answer(visit, wire::json_response(200, wire::openai::encode_response(entry.reply)));
  responses_->keep(std::move(entry));
}

void Router::kept_response(Visit& visit, std::string_view id, std::string_view action) {
  ResponseBook::Entry* entry = responses_->find(id);
  if (entry == nullptr) {
    fail(visit, unknown("Response", id));
    return;
  }
  wire::openai::ResponsesReply& reply = entry->reply;
  const bool in_background = entry->background != nullptr;
  if (in_background && entry->background->state() == DeferredCall::State::Done) {
    // From now on it is like any other.
    auto done = wire::openai::decode_response(entry->background->answer()->body);
    if (done) {
      done->echo = std::move(reply.echo);
      reply = std::move(*done);
    }
    entry->background.reset();
  } else if (in_background && entry->background->state() == DeferredCall::State::Failed) {
    reply.status = ResponseStatus::Failed;
    reply.error_code = "server_error";
    reply.error_message = "The server had an error while processing your request.";
    entry->background.reset();
  } else if (in_background) {
    reply.status = entry->background->state() == DeferredCall::State::Queued
                       ? ResponseStatus::Queued
                       : ResponseStatus::InProgress;
  }
  if (action == "input_items") {
    if (is_method(visit, "GET")) {
      answer(visit, wire::json_response(200, wire::openai::encode_input_items(entry->input_items)));
    }
    return;
  }
  if (action == "cancel") {
    const json::Value* background = reply.echo.find("background");
    if (!is_method(visit, "POST")) {
      return;
    }
    if (background == nullptr || !background->is_bool() || !background->as_bool()) {
      fail(visit, {400, "Only responses created with background=true can be cancelled.",
                   "invalid_request_error", std::nullopt, std::nullopt});
      return;
    }
    if (entry->background != nullptr) {
      entry->background.reset();  // frees its slot, keeps its bill
      reply.status = ResponseStatus::Cancelled;
    }
  } else if (visit.request.method == "DELETE" && action.empty()) {
    answer(visit, wire::json_response(200, wire::openai::encode_deleted_response(id)));
    responses_->forget(std::string(id));
    return;
  } else if (!is_method(visit, "GET")) {
    return;
  }
  answer(visit, wire::json_response(200, wire::openai::encode_response(reply)));
}

// ---- videos
// ----------------------------------------------------------------------------------------

void Router::videos(Visit& visit, std::string_view path) {
  if (path.empty() && visit.request.method == "GET") {
    list_videos(visit);
    return;
  }
  VideoBook::Entry fresh;
  if (path.empty()) {
    if (const auto asked = wire::openai::decode_video_request(visit.request)) {
      fresh.video.asked = *asked;
    }
    if (is_method(visit, "POST")) {
      create_video(visit, ask_openai_video(visit.request, hand(visit)), std::move(fresh));
    }
    return;
  }
  const std::string_view id = take_step(path);
  const std::string_view action = take_step(path);
  const VideoBook::Entry* entry = videos_.find(id);
  if (entry == nullptr) {
    fail(visit, unknown("Video", id));
  } else if (action == "remix") {
    const auto prompt = wire::openai::decode_remix_request(visit.request);
    if (!prompt) {
      fail(visit, wire::openai::bad_request(prompt.errors()));
      return;
    }
    fresh.video.asked = entry->video.asked;
    fresh.video.asked.prompt = *prompt;
    fresh.video.remixed_from = entry->video.id;
    const wire::Request like = wire::json_post(
        visit.request.target, wire::openai::encode_video_request(fresh.video.asked));
    if (is_method(visit, "POST")) {
      create_video(visit, ask_openai_video(like, hand(visit)), std::move(fresh));
    }
  } else if (visit.request.method == "DELETE" && action.empty()) {
    answer(visit, wire::json_response(200, wire::openai::encode_deleted_video(id)));
    videos_.forget(std::string(id));
  } else if (is_method(visit, "GET")) {
    answer(visit, wire::json_response(
                      200, wire::openai::encode_video(video_now(*entry, house_.transport.now()))));
  }
}

void Router::create_video(Visit& visit, Result<Ask> ask, VideoBook::Entry entry) {
  entry.job = defer(visit, std::move(ask), entry.content);
  if (entry.job == nullptr) {
    return;
  }
  entry.video.id = script::make_id("video_", entry.content, 48);
  entry.video.created_s = kCreated;
  answer(visit, wire::json_response(200, wire::openai::encode_video(entry.video)));
  videos_.keep(std::move(entry));
}

void Router::list_videos(Visit& visit) {
  const std::string after = wire::query_value(visit.request.target, "after");
  const std::string limit = wire::query_value(visit.request.target, "limit");
  constexpr std::size_t kMost = 100;
  std::size_t count = 0;
  for (const char c : limit) {
    count = c >= '0' && c <= '9' ? std::min(count * 10 + static_cast<std::size_t>(c - '0'), kMost)
                                 : count;
  }
  bool more = false;
  std::vector<wire::openai::Video> all;
  for (const VideoBook::Entry* entry : videos_.list(after, count == 0 ? 20 : count, more)) {
    all.push_back(video_now(*entry, house_.transport.now()));
  }
  answer(visit, wire::json_response(200, wire::openai::encode_videos(all, more)));
}

std::unique_ptr<Exchange> Router::video_content(Visit& visit, std::string_view id) {
  const VideoBook::Entry* entry = videos_.find(id);
  if (entry == nullptr) {
    fail(visit, unknown("Video", id));
    return nullptr;
  }
  if (entry->job->state() != DeferredCall::State::Done) {
    fail(visit, {404, "Video is not ready yet, use GET /v1/videos/{video_id} to check status.",
                 "invalid_request_error", std::nullopt, std::nullopt});
    return nullptr;
  }
  const std::string variant = wire::query_value(visit.request.target, "variant");
  const auto size = wire::parse_image_size(entry->video.asked.size);
  const std::uint64_t content = entry->content;
  if (variant == "thumbnail" || variant == "spritesheet") {
    const bool sheet = variant == "spritesheet";
    const wire::ImageFormat format = sheet ? wire::ImageFormat::Jpeg : wire::ImageFormat::Webp;
    return make_later(visit.connection, house_, std::string(wire::image_content_type(format)),
                      [pictures = pictures_, spec = script::PngSpec{*size, 0, content, format}] {
                        return pictures->make(spec).bytes();
                      });
  }
  const script::Mp4Spec spec{*size, static_cast<double>(entry->video.asked.seconds), content};
  return make_later(visit.connection, house_, "video/mp4", [spec] {
    auto video = script::make_mp4(spec);
    return video ? std::move(*video) : std::string();
  });
}

}  // namespace rehearse::server
