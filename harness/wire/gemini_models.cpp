#include "harness/wire/gemini_models.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::gemini {
namespace {

json::Value model_value(const Model& model) {
  json::Value actions = json::Value::array();
  for (const std::string& action : model.actions) {
    actions.push(action);
  }
  return object_of({{"name", "models/" + model.id},
                    {"version", "001"},
                    {"displayName", model.id},
                    {"inputTokenLimit", 1'048'576},
                    {"outputTokenLimit", 65'536},
                    {"supportedGenerationMethods", std::move(actions)}});
}

}  // namespace

std::string encode_model(const Model& model) { return json::dump(model_value(model), 2); }

std::string encode_models(const std::vector<Model>& models) {
  json::Value all = json::Value::array();
  for (const Model& model : models) {
    all.push(model_value(model));
  }
  return json::dump(object_of({{"models", std::move(all)}}), 2);
}

Result<std::vector<Model>> decode_models(std::string_view text) {
  return decode_body<std::vector<Model>>(text, [](Fields& fields, std::vector<Model>& out) {
    const json::Value* all = fields.array("models");
    for (std::size_t i = 0; all != nullptr && i < all->items().size(); ++i) {
      Fields one(all->items()[i], json::pointer_join("/models", i), fields.errors());
      Model model;
      const std::string name = one.required_text("name");
      model.id = name.starts_with("models/") ? name.substr(7) : name;
      if (const json::Value* actions = one.array("supportedGenerationMethods")) {
        for (const json::Value& action : actions->items()) {
          if (action.is_string()) {
            model.actions.push_back(action.as_string());
          }
        }
      }
      out.push_back(std::move(model));
    }
  });
}

}  // namespace rehearse::wire::gemini
