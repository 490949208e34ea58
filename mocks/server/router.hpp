#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/ollama.hpp"
#include "mocks/script/png.hpp"
#include "mocks/server/call.hpp"
#include "mocks/server/mount.hpp"
#include "mocks/server/response_book.hpp"
#include "mocks/server/site.hpp"
#include "mocks/server/stage_book.hpp"
#include "mocks/server/video_book.hpp"

namespace rehearse::server {

// From a request to who answers it: the server's own pages under /__rehearse, a job's number in
// /job/N/…, a mount in /NAME/…; and at the root the first mount that fits: /v1 OpenAI's words, /api
// Ollama's, what only Anthropic, Gemini or Stability have theirs, anything else a generic service.
class Router final : public Handler {
 public:
  struct Options {
    std::uint64_t seed = 1;
    bool require_key = false;
  };
  // All arguments outlive this; `mounts` may not change.
  Router(const std::vector<Mount>& mounts, const Options& options, House& house);

  std::unique_ptr<Exchange> start(Connection& connection, wire::Request request) override;
  void sent() override;
  Stats stats() const;

 private:
  struct Seat {
    const Mount* mount = nullptr;
    std::unique_ptr<Provider> provider;
    std::unique_ptr<Site> site = nullptr;  // where its API is more than single calls
    bool described = false;                // it has endpoints that its profile describes
  };
  // A request on its way.
  struct Visit {
    Connection& connection;
    wire::Request request;
    std::uint64_t number = 0;
    std::uint64_t job = 0;
    Seat* seat = nullptr;
    std::string_view path = {};  // below the mount
    Protocol protocol = Protocol::Generic;
  };
  using Understand = Result<Ask> (*)(const wire::Request&, const Stagehand&);

  bool find_seat(Visit& visit);
  SiteVisit site_visit(Visit& visit);
  Seat* first_with(Protocol protocol);
  bool is_operation(const Visit& visit, std::string_view path) const;
  std::unique_ptr<Exchange> own_page(Visit& visit, std::string_view path);
  std::unique_ptr<Exchange> openai(Visit& visit);
  std::unique_ptr<Exchange> ollama(Visit& visit);
  std::unique_ptr<Exchange> generic(Visit& visit);
  std::unique_ptr<Exchange> anthropic(Visit& visit);
  std::unique_ptr<Exchange> gemini(Visit& visit);
  std::unique_ptr<Exchange> stability(Visit& visit);
  bool gemini_models(Visit& visit, const std::string& id);
  std::vector<std::string> model_ids(const Visit& visit) const;
  bool find_native(Visit& visit);
  std::unique_ptr<Exchange> models(Visit& visit, std::string_view path);
  std::unique_ptr<Exchange> call(Visit& visit, Result<Ask> ask);
  std::unique_ptr<Call> make_call(Visit& visit, Result<Ask> ask, Connection& connection);
  std::unique_ptr<DeferredCall> defer(Visit& visit, Result<Ask> ask, std::uint64_t& content);

  // Of OpenAI: what is kept and asked for again. `path` is below the collection, "" or "/ID…".
  std::unique_ptr<Exchange> responses(Visit& visit, std::string_view path);
  void create_background(Visit& visit, Result<Ask> ask);
  void kept_response(Visit& visit, std::string_view id, std::string_view action);
  void videos(Visit& visit, std::string_view path);
  void create_video(Visit& visit, Result<Ask> ask, VideoBook::Entry entry);
  void list_videos(Visit& visit);
  std::unique_ptr<Exchange> video_content(Visit& visit, std::string_view id);
  bool is_method(Visit& visit, std::string_view method);

  // Of Ollama: which models are in memory, and until when.
  std::unique_ptr<Exchange> ollama_text(Visit& visit, wire::ollama::Api api);
  std::unique_ptr<Exchange> ollama_page(Visit& visit);
  void note_use(const std::string& model, std::optional<Duration> keep_alive);
  Result<Caller> caller_of(const Visit& visit, Ask& ask);
  Stagehand hand(const Visit& visit);
  void answer(Visit& visit, wire::Response response);
  void fail(Visit& visit, wire::ApiError error);
  bool has_key(const wire::Request& request) const;

  Options options_;
  House& house_;
  std::vector<Seat> seats_;
  StageBook book_;
  std::shared_ptr<script::PngMaker> pictures_;
  std::shared_ptr<ResponseBook> responses_;
  VideoBook videos_;
  std::map<std::string, Instant> loaded_;  // until when; endless ones at Instant::max()
  std::uint64_t jobs_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace rehearse::server
