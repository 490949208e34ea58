#include "harness/wire/firecrawl.hpp"

#include <algorithm>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::firecrawl {
namespace {

// Formats are names, or objects with a "type".
std::vector<std::string> read_formats(Fields& fields) {
  std::vector<std::string> out;
  const json::Value* formats = fields.array("formats");
  if (formats == nullptr) {
    return out;
  }
  for (const json::Value& format : formats->items()) {
    const json::Value* type = format.is_object() ? format.find("type") : &format;
    if (type == nullptr || !type->is_string()) {
      fields.fail("formats", expected_found("the name of a format", format));
      continue;
    }
    out.push_back(type->as_string());
  }
  return out;
}

json::Value page_value(const Page& page, const std::vector<std::string>& formats) {
  const auto asked = [&formats](std::string_view format) {
    return formats.empty() ? format == "markdown"
                           : std::find(formats.begin(), formats.end(), format) != formats.end();
  };
  json::Value out = json::Value::object();
  if (asked("markdown")) {
    out.set("markdown", page.markdown);
  }
  for (const char* format : {"html", "rawHtml"}) {
    if (asked(format)) {
      out.set(format, page.html);
    }
  }
  if (asked("links")) {
    json::Value links = json::Value::array();
    for (const std::string& link : page.links) {
      links.push(link);
    }
    out.set("links", std::move(links));
  }
  out.set("metadata", object_of({{"title", page.title},
                                 {"description", page.description},
                                 {"language", "en"},
                                 {"sourceURL", page.url},
                                 {"url", page.url},
                                 {"statusCode", 200},
                                 {"contentType", "text/html"}}));
  return out;
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value* member = object.find(key);
  return member != nullptr && member->is_string() ? member->as_string() : "";
}

Page read_page(const json::Value& value) {
  Page page;
  page.markdown = text_of(value, "markdown");
  page.html = text_of(value, "html");
  page.url = text_of(value, "url");
  page.title = text_of(value, "title");
  page.description = text_of(value, "description");
  if (const json::Value* links = value.find("links"); links != nullptr && links->is_array()) {
    for (const json::Value& link : links->items()) {
      page.links.push_back(link.is_string() ? link.as_string() : text_of(link, "url"));
    }
  }
  if (const json::Value* meta = value.find("metadata")) {
    page.url = text_of(*meta, "sourceURL");
    page.title = text_of(*meta, "title");
    page.description = text_of(*meta, "description");
  }
  return page;
}

// "data" of a success.
Result<json::Value> read_data(std::string_view body) {
  auto value = parse_body(body);
  if (!value) {
    return value.errors();
  }
  const json::Value* data = value->find("data");
  if (data == nullptr || (!data->is_object() && !data->is_array())) {
    return Error{"/data", "expected what was found"};
  }
  return *data;
}

}  // namespace

Result<PageRequest> decode_page_request(std::string_view body) {
  return decode_body<PageRequest>(body, [](Fields& fields, PageRequest& out) {
    out.url = fields.required_text("url");
    out.formats = read_formats(fields);
    if (!out.url.empty() && out.url.find('.') == std::string::npos &&
        out.url.find("localhost") == std::string::npos) {
      fields.fail("url", "Invalid URL");
    }
  });
}

std::string encode_page_request(const PageRequest& request) {
  json::Value out = object_of({{"url", request.url}});
  if (!request.formats.empty()) {
    json::Value formats = json::Value::array();
    for (const std::string& format : request.formats) {
      formats.push(format);
    }
    out.set("formats", std::move(formats));
  }
  return json::dump(out);
}

Result<SearchRequest> decode_search_request(std::string_view body) {
  return decode_body<SearchRequest>(body, [](Fields& fields, SearchRequest& out) {
    out.query = fields.required_text("query");
    out.limit = fields.integer("limit", 1, 100).value_or(5);
    const json::Value* options = fields.object("scrapeOptions");
    out.with_pages = options != nullptr && options->find("formats") != nullptr;
  });
}

std::string encode_search_request(const SearchRequest& request) {
  json::Value out = object_of({{"query", request.query}, {"limit", request.limit}});
  if (request.with_pages) {
    out.set(
        "scrapeOptions",
        object_of({{"formats", json::Value(std::vector<json::Value>{json::Value("markdown")})}}));
  }
  return json::dump(out);
}

std::string page_json(const Page& page, const std::vector<std::string>& formats) {
  return json::dump(page_value(page, formats));
}

std::string encode_page(const Page& page, const std::vector<std::string>& formats) {
  return json::dump(object_of({{"success", true}, {"data", page_value(page, formats)}}));
}

Result<Page> decode_page(std::string_view body) {
  const auto data = read_data(body);
  if (!data) {
    return data.errors();
  }
  return read_page(*data);
}

std::string encode_hits(const std::vector<Page>& hits, int version, bool with_pages) {
  json::Value list = json::Value::array();
  for (const Page& hit : hits) {
    json::Value one = with_pages ? page_value(hit, {}) : json::Value::object();
    one.set("url", hit.url);
    one.set("title", hit.title);
    one.set("description", hit.description);
    list.push(std::move(one));
  }
  if (version == 1) {
    return json::dump(object_of({{"success", true}, {"data", std::move(list)}}));
  }
  return json::dump(
      object_of({{"success", true}, {"data", object_of({{"web", std::move(list)}})}}));
}

Result<std::vector<Page>> decode_hits(std::string_view body) {
  const auto data = read_data(body);
  if (!data) {
    return data.errors();
  }
  const json::Value* list = data->is_array() ? &*data : data->find("web");
  std::vector<Page> out;
  if (list != nullptr && list->is_array()) {
    for (const json::Value& hit : list->items()) {
      out.push_back(read_page(hit));
    }
  }
  return out;
}

std::string encode_map(const std::vector<Page>& pages, int version) {
  json::Value links = json::Value::array();
  for (const Page& page : pages) {
    links.push(version == 1 ? json::Value(page.url)
                            : object_of({{"url", page.url},
                                         {"title", page.title},
                                         {"description", page.description}}));
  }
  return json::dump(object_of({{"success", true}, {"links", std::move(links)}}));
}

std::string encode_error(std::string_view message, std::string_view code) {
  json::Value out = object_of({{"success", false}});
  if (!code.empty()) {
    out.set("code", code);
  }
  out.set("error", message);
  return json::dump(out);
}

}  // namespace rehearse::wire::firecrawl
