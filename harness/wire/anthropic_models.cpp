#include "harness/wire/anthropic_models.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::anthropic {
namespace {

json::Value model(std::string_view id) {
  return object_of({{"type", "model"},
                    {"id", id},
                    {"display_name", id},
                    {"created_at", "2026-11-21T00:00:00Z"}});
}

}  // namespace

std::string encode_model(std::string_view id) { return json::dump(model(id)); }

std::string encode_models(const std::vector<std::string>& ids) {
  json::Value data = json::Value::array();
  for (const std::string& id : ids) {
    data.push(model(id));
  }
  const auto edge = [&ids](bool first) {
    return ids.empty() ? json::Value() : json::Value(first ? ids.front() : ids.back());
  };
  return json::dump(object_of({{"data", std::move(data)},
                               {"has_more", false},
                               {"first_id", edge(true)},
                               {"last_id", edge(false)}}));
}

Result<std::vector<std::string>> decode_models(std::string_view text) {
  return decode_body<std::vector<std::string>>(
      text, [](Fields& fields, std::vector<std::string>& ids) {
        if (const json::Value* data = fields.array("data")) {
          for (std::size_t i = 0; i < data->items().size(); ++i) {
            Fields one(data->items()[i], json::pointer_join("/data", i), fields.errors());
            ids.push_back(one.required_text("id"));
          }
        }
      });
}

}  // namespace rehearse::wire::anthropic
