#include "harness/wire/openai_moderation.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::openai {
namespace {

constexpr std::string_view kCategories[] = {"harassment",
                                            "harassment/threatening",
                                            "hate",
                                            "hate/threatening",
                                            "illicit",
                                            "illicit/violent",
                                            "self-harm",
                                            "self-harm/instructions",
                                            "self-harm/intent",
                                            "sexual",
                                            "sexual/minors",
                                            "violence",
                                            "violence/graphic"};

json::Value result_of(bool flagged) {
  json::Value categories = json::Value::object();
  json::Value scores = json::Value::object();
  json::Value types = json::Value::object();
  for (const std::string_view name : kCategories) {
    const bool hit = flagged && name == "violence";
    categories.set(name, hit);
    scores.set(name, hit ? 0.86 : 0.0001);
    types.set(name, std::vector<json::Value>{json::Value("text")});
  }
  return object_of({{"flagged", flagged},
                    {"categories", std::move(categories)},
                    {"category_scores", std::move(scores)},
                    {"category_applied_input_types", std::move(types)}});
}

}  // namespace

std::string encode_moderation_request(const ModerationRequest& request) {
  json::Value body = object_of({{"model", request.model}, {"input", json::Value::array()}});
  for (const std::string& input : request.inputs) {
    body.find("input")->push(input);
  }
  return json::dump(body);
}

Result<ModerationRequest> decode_moderation_request(std::string_view text) {
  return decode_body<ModerationRequest>(text, [&](Fields& fields, ModerationRequest& request) {
    request.model = fields.text("model", request.model);
    const json::Value* input = fields.find("input");
    if (input == nullptr) {
      fields.fail("input", "expected a text or an array, found nothing");
    } else if (input->is_string()) {
      request.inputs.push_back(input->as_string());
    } else if (input->is_array() && !input->items().empty()) {
      for (std::size_t i = 0; i < input->items().size(); ++i) {
        const json::Value& item = input->items()[i];
        if (item.is_string()) {
          request.inputs.push_back(item.as_string());
          continue;
        }
        const std::string part =
            Fields(item, json::pointer_join("/input", i), fields.errors()).text("text");
        request.inputs.resize(1);  // parts are one input together
        request.inputs.front() += part;
      }
    } else {
      fields.fail("input", expected_found("a text or an array of at least one", *input));
    }
  });
}

std::string encode_moderation_reply(const ModerationReply& reply) {
  json::Value body =
      object_of({{"id", reply.id}, {"model", reply.model}, {"results", json::Value::array()}});
  for (const bool flagged : reply.flagged) {
    body.find("results")->push(result_of(flagged));
  }
  return json::dump(body);
}

Result<ModerationReply> decode_moderation_reply(std::string_view text) {
  return decode_body<ModerationReply>(text, [&](Fields& fields, ModerationReply& reply) {
    reply.id = fields.text("id");
    reply.model = fields.text("model");
    const json::Value* results = fields.array("results");
    for (std::size_t i = 0; results != nullptr && i < results->items().size(); ++i) {
      Fields one(results->items()[i], json::pointer_join("/results", i), fields.errors());
      reply.flagged.push_back(one.flag("flagged", false));
    }
  });
}

}  // namespace rehearse::wire::openai
