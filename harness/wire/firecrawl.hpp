#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// Firecrawl's scrape, search, map and crawl, v1 and v2.
namespace rehearse::wire::firecrawl {

struct PageRequest {
  std::string url;
  std::vector<std::string> formats;  // "markdown", "html", "links", …; empty: markdown
  bool operator==(const PageRequest&) const = default;
};
Result<PageRequest> decode_page_request(std::string_view body);
std::string encode_page_request(const PageRequest& request);

struct SearchRequest {
  std::string query;
  std::int64_t limit = 5;   // 1 to 100
  bool with_pages = false;  // scrapeOptions: each hit comes with its page
  bool operator==(const SearchRequest&) const = default;
};
Result<SearchRequest> decode_search_request(std::string_view body);
std::string encode_search_request(const SearchRequest& request);

struct Page {
  std::string url;
  std::string title;
  std::string description;
  std::string markdown;
  std::string html;
  std::vector<std::string> links;
  bool operator==(const Page&) const = default;
};

// What a page holds of the formats that were asked for, as one JSON object.
std::string page_json(const Page& page, const std::vector<std::string>& formats);
// {"success":true,"data":{…}}
std::string encode_page(const Page& page, const std::vector<std::string>& formats);
Result<Page> decode_page(std::string_view body);
// v1 lists the hits; v2 lists them under "web".
std::string encode_hits(const std::vector<Page>& hits, int version, bool with_pages);
Result<std::vector<Page>> decode_hits(std::string_view body);
// v1 lists addresses; v2 objects.
std::string encode_map(const std::vector<Page>& pages, int version);

std::string encode_error(std::string_view message, std::string_view code);

}  // namespace rehearse::wire::firecrawl
