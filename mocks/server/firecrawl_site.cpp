#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/firecrawl.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/job.hpp"
#include "mocks/server/shelf.hpp"
#include "mocks/server/site.hpp"

namespace rehearse::server {
namespace {

using wire::firecrawl::Page;
using wire::firecrawl::PageRequest;
using wire::firecrawl::SearchRequest;

constexpr std::int64_t kMostPageBytes = 16 << 20;

// A page of about so many bytes of text.
Page make_page(std::uint64_t content, std::string url, std::int64_t bytes) {
  Page page;
  page.url = std::move(url);
  page.title = "About " + script::filler_text(content, 4);
  page.title.pop_back();
  page.description = script::filler_text(mix64(content), 20);
  const std::int64_t tokens = std::clamp<std::int64_t>(bytes, 400, kMostPageBytes) / 4;
  page.markdown = "# " + page.title + "\n\n" + script::filler_text(mix64(content + 1), tokens);
  page.html = "<html><head><title>" + page.title + "</title></head><body><p>" +
              script::filler_text(mix64(content + 1), tokens) + "</p></body></html>";
  for (int i = 1; i <= 5; ++i) {
    page.links.push_back(page.url + "/page-" + std::to_string(i));
  }
  return page;
}

class ScrapeScript final : public Script {
 public:
  ScrapeScript(PageRequest request, bool bare) : request_(std::move(request)), bare_(bare) {}
  wire::Response whole(const latency::Plan& plan) override {
    const Page page = make_page(content, request_.url, plan.usage.bytes);
    return wire::json_response(200, bare_ ? wire::firecrawl::page_json(page, request_.formats)
                                          : wire::firecrawl::encode_page(page, request_.formats));
  }

 private:
  PageRequest request_;
  bool bare_;  // one page of a crawl
};

class SearchScript final : public Script {
 public:
  SearchScript(SearchRequest request, int version, bool map)
      : request_(std::move(request)), version_(version), map_(map) {}
  wire::Response whole(const latency::Plan& plan) override {
    std::vector<Page> hits;
    for (std::int64_t i = 0; i < request_.limit; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      const std::string url = map_ ? request_.query + "/page-" + std::to_string(i + 1)
                                   : "https://example.com/" + script::make_id("", own, 12);
      hits.push_back(make_page(own, url, plan.usage.bytes / request_.limit));
    }
    return wire::json_response(
        200, map_ ? wire::firecrawl::encode_map(hits, version_)
                  : wire::firecrawl::encode_hits(hits, version_, request_.with_pages));
  }

 private:
  SearchRequest request_;
  int version_;
  bool map_;
};

// A crawl: one scrape for each page.
struct Crawl {
  bool over() const {
    return std::all_of(pages.begin(), pages.end(), [](const auto& p) { return p->over(); });
  }
  void release() {
    for (const auto& page : pages) {
      page->release_output();
    }
  }
  std::vector<std::unique_ptr<Job>> pages;
  bool cancelled = false;
};

wire::Response error(int status, std::string_view message, std::string_view code) {
  return wire::json_response(status, wire::firecrawl::encode_error(message, code));
}

class FirecrawlSite final : public Site {
 public:
  FirecrawlSite(House& house, Provider& provider, std::uint64_t seed)
      : house_(house), provider_(provider), seed_(seed) {}

  std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) override;

 private:
  using Served = std::unique_ptr<Exchange>;
  Served say(SiteVisit& visit, wire::Response response) {
    visit.connection.send(std::move(response));
    return nullptr;
  }
  Served bad_request(SiteVisit& visit, const Errors& errors) {
    return say(visit, error(400, "Bad Request: " + errors.front().text(), "BAD_REQUEST"));
  }
  Served call(SiteVisit& visit, Result<Ask> ask);
  Result<Ask> scrape(const SiteVisit& visit, const PageRequest& page, bool bare) const;
  Served search(SiteVisit& visit, int version);
  Served map(SiteVisit& visit, int version);
  Served crawl(SiteVisit& visit, int version);
  Served about(SiteVisit& visit, std::string_view id);

  House& house_;
  Provider& provider_;
  std::uint64_t seed_;
  Shelf<Crawl> crawls_{1000};
};

std::optional<std::unique_ptr<Exchange>> FirecrawlSite::serve(SiteVisit& visit) {
  std::string_view path = visit.path;
  const int version = path.starts_with("/v2/") ? 2 : path.starts_with("/v1/") ? 1 : 0;
  if (version == 0) {
    return std::nullopt;
  }
  if (visit.keyless) {
    return say(visit, error(401, "Unauthorized: Token missing", "UNAUTHORIZED"));
  }
  path.remove_prefix(3);
  const bool post = visit.request.method == "POST";
  if (post && path == "/scrape") {
    const auto page = wire::firecrawl::decode_page_request(visit.request.body);
    return page ? call(visit, scrape(visit, *page, false)) : bad_request(visit, page.errors());
  }
  if (post && path == "/search") {
    return search(visit, version);
  }
  if (post && path == "/map") {
    return map(visit, version);
  }
  if (post && path == "/crawl") {
    return crawl(visit, version);
  }
  if (path.starts_with("/crawl/")) {
    return about(visit, path.substr(7));
  }
  return say(visit, error(404, "Not Found", "NOT_FOUND"));
}

std::unique_ptr<Exchange> FirecrawlSite::call(SiteVisit& visit, Result<Ask> ask) {
  if (!ask) {
    return bad_request(visit, ask.errors());
  }
  auto caller = visit.caller(*ask);
  if (!caller) {
    return bad_request(visit, caller.errors());
  }
  auto out = std::make_unique<Call>(
      Call::Options{house_, provider_, visit.connection, Protocol::Firecrawl, visit.number},
      std::move(*caller), std::move(*ask));
  out->begin();
  return out;
}

// The size of a page is drawn from its address: the same page is as long again.
Result<Ask> FirecrawlSite::scrape(const SiteVisit& visit, const PageRequest& page,
                                  bool bare) const {
  Ask ask;
  ask.operation = "scrape";
  if (const latency::Entry* entry = visit.hand.profile.find("scrape", "")) {
    const double u = unit_interval(script::content_key(seed_, page.url));
    ask.amounts.bytes = static_cast<std::int64_t>(
        std::min(entry->bytes.quantile(u), static_cast<double>(kMostPageBytes)));
  }
  ask.script = std::make_unique<ScrapeScript>(page, bare);
  return ask;
}

std::unique_ptr<Exchange> FirecrawlSite::search(SiteVisit& visit, int version) {
  auto request = wire::firecrawl::decode_search_request(visit.request.body);
  if (!request) {
    return bad_request(visit, request.errors());
  }
  Ask ask;
  ask.operation = "search";
  ask.script = std::make_unique<SearchScript>(std::move(*request), version, false);
  return call(visit, std::move(ask));
}

std::unique_ptr<Exchange> FirecrawlSite::map(SiteVisit& visit, int version) {
  const auto page = wire::firecrawl::decode_page_request(visit.request.body);
  if (!page) {
    return bad_request(visit, page.errors());
  }
  Ask ask;
  ask.operation = visit.hand.profile.find("map", "") != nullptr ? "map" : "search";
  ask.script = std::make_unique<SearchScript>(SearchRequest{page->url, 10, false}, version, true);
  return call(visit, std::move(ask));
}

std::unique_ptr<Exchange> FirecrawlSite::crawl(SiteVisit& visit, int version) {
  const auto page = wire::firecrawl::decode_page_request(visit.request.body);
  if (!page) {
    return bad_request(visit, page.errors());
  }
  const auto body = wire::parse_body(visit.request.body);
  Errors errors;
  wire::Fields fields(*body, "", errors);
  const std::int64_t limit = fields.integer("limit", 1, 10'000).value_or(10);
  if (!errors.empty()) {
    return bad_request(visit, errors);
  }
  auto crawl = std::make_unique<Crawl>();
  for (std::int64_t i = 0; i < std::min<std::int64_t>(limit, 100); ++i) {
    auto ask = scrape(visit, {page->url + (i == 0 ? "" : "/page-" + std::to_string(i)), {}}, true);
    const auto caller = visit.caller(*ask);
    if (!caller) {
      return bad_request(visit, caller.errors());
    }
    crawl->pages.push_back(std::make_unique<Job>(house_, provider_, *caller, std::move(*ask)));
    Job& job = *crawl->pages.back();
    job.begin();
    if (i == 0 && job.refusal() != nullptr) {
      return say(visit, error(job.refusal()->status, job.refusal()->message, ""));
    }
    if (i == 0 && job.fault() != nullptr && job.fault()->fault == latency::Fault::Status) {
      return say(visit, error(job.fault()->status, job.fault()->message, job.fault()->code));
    }
  }
  const std::string id = script::make_id("", mix64(seed_ * 0xC4A1 + visit.number), 24);
  crawls_.add(id, std::move(crawl));
  return say(
      visit,
      wire::json_response(
          200, json::dump(wire::object_of(
                   {{"success", true},
                    {"id", std::string_view(id)},
                    {"url", visit.base + "/v" + std::to_string(version) + "/crawl/" + id}}))));
}

std::unique_ptr<Exchange> FirecrawlSite::about(SiteVisit& visit, std::string_view id) {
  Crawl* crawl = crawls_.find(id);
  if (crawl == nullptr) {
    return say(visit, error(404, "Job not found", "NOT_FOUND"));
  }
  if (visit.request.method == "DELETE") {
    for (const auto& page : crawl->pages) {
      page->cancel();
    }
    crawl->cancelled = true;
    return say(visit, wire::json_response(200, R"({"status":"cancelled"})"));
  }
  std::string data;
  std::size_t done = 0;
  std::size_t failed = 0;
  for (const auto& page : crawl->pages) {
    if (page->state() == Job::State::Succeeded) {
      data += (data.empty() ? "" : ",") + page->output();
      ++done;
    }
    failed += page->state() == Job::State::Failed;
  }
  const std::string_view status = crawl->cancelled                ? "cancelled"
                                  : !crawl->over()                ? "scraping"
                                  : failed == crawl->pages.size() ? "failed"
                                                                  : "completed";
  const auto total = static_cast<std::int64_t>(crawl->pages.size());
  const auto completed = static_cast<std::int64_t>(done);
  std::string body = json::dump(wire::object_of({{"success", true},
                                                 {"status", status},
                                                 {"total", total},
                                                 {"completed", completed},
                                                 {"creditsUsed", completed},
                                                 {"expiresAt", "2026-11-22T00:00:00.000Z"}}));
  body.back() = ',';
  return say(visit, wire::json_response(200, body + "\"data\":[" + data + "]}"));
}

}  // namespace

std::unique_ptr<Site> make_firecrawl_site(House& house, Provider& provider, std::uint64_t seed) {
  return std::make_unique<FirecrawlSite>(house, provider, seed);
}

}  // namespace rehearse::server
