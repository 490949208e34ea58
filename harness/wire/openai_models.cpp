#include "harness/wire/openai_models.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::openai {
namespace {

json::Value model_value(const Model& model) {
  return object_of({{"id", model.id},
                    {"object", "model"},
                    {"created", model.created_s},
                    {"owned_by", model.owner}});
}

}  // namespace

std::string encode_models(const std::vector<Model>& models) {
  json::Value body = object_of({{"object", "list"}, {"data", json::Value::array()}});
  for (const Model& model : models) {
    body.find("data")->push(model_value(model));
  }
  return json::dump(body);
}

std::string encode_model(const Model& model) { return json::dump(model_value(model)); }

Result<std::vector<Model>> decode_models(std::string_view text) {
  return decode_body<std::vector<Model>>(text, [&](Fields& fields, std::vector<Model>& models) {
    if (const json::Value* data = fields.array("data")) {
      for (std::size_t i = 0; i < data->items().size(); ++i) {
        Fields one(data->items()[i], json::pointer_join("/data", i), fields.errors());
        models.push_back({one.required_text("id"), one.integer("created", 0, INT64_MAX).value_or(0),
                          one.text("owned_by")});
      }
    }
  });
}

}  // namespace rehearse::wire::openai
