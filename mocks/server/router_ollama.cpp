#include "harness/wire/ollama_models.hpp"
#include "harness/wire/openai_error.hpp"
#include "mocks/server/router.hpp"

// Ollama's endpoints.
namespace rehearse::server {
namespace {

constexpr std::int64_t kModelBytes = 4'900'000'000;
constexpr Duration kKept = Duration::seconds(300);  // Ollama's own default

bool is_probe(std::string_view method) { return method == "GET" || method == "HEAD"; }

// An entry whose model the profile lists by name.
bool is_named(const latency::Entry& entry) { return !entry.model.empty() && entry.model != "*"; }

}  // namespace

std::unique_ptr<Exchange> Router::ollama(Visit& visit) {
  if (visit.path == wire::ollama::kChatPath) {
    return ollama_text(visit, wire::ollama::Api::Chat);
  }
  if (visit.path == wire::ollama::kGeneratePath) {
    return ollama_text(visit, wire::ollama::Api::Generate);
  }
  const bool embeds = visit.path == wire::ollama::kEmbedPath;
  if (embeds || visit.path == wire::ollama::kOldEmbedPath) {
    Result<Ask> ask = embeds ? ask_ollama_embed(visit.request, hand(visit))
                             : ask_ollama_embeddings(visit.request, hand(visit));
    if (ask) {
      note_use(ask->model, std::nullopt);
    }
    return call(visit, std::move(ask));
  }
  if (is_operation(visit, visit.path)) {
    return generic(visit);
  }
  return ollama_page(visit);
}

// A request without a prompt loads or unloads the model, and says so.
std::unique_ptr<Exchange> Router::ollama_text(Visit& visit, wire::ollama::Api api) {
  const bool chat = api == wire::ollama::Api::Chat;
  const auto request = wire::ollama::decode_request(visit.request.body, api);
  if (request && request->messages.empty() &&
      visit.seat->mount->profile->find("chat", request->model) != nullptr) {
    note_use(request->model, request->keep_alive);
    wire::ollama::Line line;
    line.model = request->model;
    line.created = Instant() + Duration::seconds(kCreated);
    line.done = true;
    line.done_reason = loaded_.count(line.model) != 0 ? "load" : "unload";
    answer(visit, wire::json_response(200, wire::ollama::encode_line(line, api)));
    return nullptr;
  }
  if (request) {
    note_use(request->model, request->keep_alive);
  }
  return call(visit, chat ? ask_ollama_chat(visit.request, hand(visit))
                          : ask_ollama_generate(visit.request, hand(visit)));
}

void Router::note_use(const std::string& model, std::optional<Duration> keep_alive) {
  const Duration kept = keep_alive.value_or(kKept);
  if (kept <= Duration::zero()) {
    loaded_.erase(model);
  } else {
    loaded_[model] = house_.transport.now() + kept;
  }
}

// What is not a call.
std::unique_ptr<Exchange> Router::ollama_page(Visit& visit) {
  const latency::Profile& profile = *visit.seat->mount->profile;
  if ((visit.path.empty() || visit.path == "/") && is_probe(visit.request.method)) {
    answer(visit, {200, {{"content-type", "text/plain; charset=utf-8"}}, "Ollama is running"});
  } else if (visit.path == wire::ollama::kTagsPath) {
    std::vector<wire::ollama::LocalModel> all;
    for (const latency::Entry& entry : profile.entries) {
      if (is_named(entry)) {
        all.push_back({entry.model, kModelBytes});
      }
    }
    answer(visit, wire::json_response(200, wire::ollama::encode_tags(all)));
  } else if (visit.path == wire::ollama::kRunningPath) {
    std::vector<wire::ollama::RunningModel> all;
    const Instant now = house_.transport.now();
    for (const auto& [model, until] : loaded_) {
      if (until > now && (profile.find("chat", model) || profile.find("embedding", model))) {
        all.push_back(
            {model, kModelBytes, Instant() + Duration::seconds(kCreated) + (until - now)});
      }
    }
    answer(visit, wire::json_response(200, wire::ollama::encode_running(all)));
  } else if (visit.path == "/api/version") {
    answer(visit, wire::json_response(200, R"({"version":"0.12.0"})"));
  } else if (visit.path == wire::ollama::kShowPath || visit.path == wire::ollama::kPullPath) {
    const auto model = wire::ollama::decode_model_name(visit.request.body);
    const bool embeds = model && profile.find("embedding", *model) != nullptr;
    if (!model) {
      fail(visit, wire::openai::bad_request(model.errors()));
    } else if (!embeds && profile.find("chat", *model) == nullptr) {
      fail(visit, {404, "model '" + *model + "' not found", {}, std::nullopt, std::nullopt});
    } else if (visit.path == wire::ollama::kShowPath) {
      answer(visit, wire::json_response(200, wire::ollama::encode_show(*model, embeds)));
    } else {
      const bool stream = visit.request.body.find("\"stream\":false") == std::string::npos;
      answer(
          visit,
          {200,
           {{"content-type", std::string(stream ? wire::ollama::kStreamType : "application/json")}},
           wire::ollama::encode_pull(stream)});
    }
  } else {
    fail(visit, {404, "404 page not found", {}, std::nullopt, std::nullopt});
  }
  return nullptr;
}

}  // namespace rehearse::server
