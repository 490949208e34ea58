#include "harness/wire/ollama_models.hpp"

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/time_text.hpp"
#include "harness/wire/tokens.hpp"

namespace rehearse::wire::ollama {
namespace {

json::Value vector_value(const std::vector<float>& vector) {
  json::Value out = json::Value::array();
  for (const float value : vector) {
    out.push(static_cast<double>(value));
  }
  return out;
}

json::Value details() {
  return object_of({{"parent_model", ""},
                    {"format", "gguf"},
                    {"family", "llama"},
                    {"families", std::vector<json::Value>{json::Value("llama")}},
                    {"parameter_size", "8.0B"},
                    {"quantization_level", "Q4_K_M"}});
}

void add_input(EmbeddingRequest& request, const std::string& text) {
  request.inputs.push_back({text, token_count(text.size())});
}

}  // namespace

std::string encode_embed_request(const EmbeddingRequest& request) {
  json::Value body = object_of({{"model", request.model}, {"input", json::Value::array()}});
  for (const EmbeddingInput& input : request.inputs) {
    body.find("input")->push(input.text);
  }
  if (request.dimensions) {
    body.set("dimensions", *request.dimensions);
  }
  return json::dump(body);
}

Result<EmbeddingRequest> decode_embed_request(std::string_view text, bool old_form) {
  return decode_body<EmbeddingRequest>(text, [&](Fields& fields, EmbeddingRequest& request) {
    request.model = fields.required_text("model");
    request.dimensions = fields.integer("dimensions", 1, 16'384);
    const char* key = old_form ? "prompt" : "input";
    const json::Value* input = fields.find(key);
    if (input != nullptr && input->is_string()) {
      add_input(request, input->as_string());
    } else if (input != nullptr && input->is_array() && !old_form) {
      for (std::size_t i = 0; i < input->items().size(); ++i) {
        const json::Value& item = input->items()[i];
        if (item.is_string()) {
          add_input(request, item.as_string());
        } else {
          fields.errors().push_back(
              {json::pointer_join("/input", i), expected_found("a text", item)});
        }
      }
    } else if (input != nullptr) {
      fields.fail(key, expected_found(old_form ? "a text" : "a text or texts", *input));
    }
  });
}

std::string encode_embed_reply(const EmbeddingReply& reply, const EmbedTiming& timing) {
  json::Value body = object_of({{"model", reply.model}, {"embeddings", json::Value::array()}});
  for (const std::vector<float>& vector : reply.vectors) {
    body.find("embeddings")->push(vector_value(vector));
  }
  body.set("total_duration", timing.total.count_ns());
  body.set("load_duration", timing.load.count_ns());
  body.set("prompt_eval_count", reply.input_tokens);
  return json::dump(body);
}

std::string encode_old_embed_reply(const EmbeddingReply& reply) {
  return json::dump(
      object_of({{"embedding", reply.vectors.empty() ? json::Value::array()
                                                     : vector_value(reply.vectors.front())}}));
}

Result<EmbeddingReply> decode_embed_reply(std::string_view text) {
  return decode_body<EmbeddingReply>(text, [&](Fields& fields, EmbeddingReply& reply) {
    reply.model = fields.text("model");
    if (const json::Value* one = fields.find("embedding")) {
      reply.vectors.push_back(decode_floats(*one, "/embedding", fields.errors()));
    }
    const json::Value* all = fields.array("embeddings");
    for (std::size_t i = 0; all != nullptr && i < all->items().size(); ++i) {
      reply.vectors.push_back(
          decode_floats(all->items()[i], json::pointer_join("/embeddings", i), fields.errors()));
    }
    reply.input_tokens = fields.integer("prompt_eval_count", 0, INT64_MAX).value_or(0);
  });
}

Result<std::string> decode_model_name(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  const std::string old_name = fields.text("name");
  std::string name = fields.text("model", old_name);
  if (name.empty()) {
    return Error{"/model", "expected a model's name, found nothing"};
  }
  return name;
}

std::string encode_show(std::string_view model, bool embeds) {
  json::Value capabilities = json::Value::array();
  for (const char* what : {"completion", "tools"}) {
    if (!embeds) {
      capabilities.push(what);
    }
  }
  if (embeds) {
    capabilities.push("embedding");
  }
  return json::dump(
      object_of({{"license", ""},
                 {"modelfile", "FROM " + std::string(model)},
                 {"parameters", "num_ctx 4096"},
                 {"template", "{{ .Prompt }}"},
                 {"details", details()},
                 {"model_info", object_of({{"general.architecture", "llama"},
                                           {"general.parameter_count", std::int64_t{8'030'261'312}},
                                           {"llama.context_length", 131'072}})},
                 {"capabilities", std::move(capabilities)},
                 {"modified_at", rfc3339(Instant())}}));
}

std::string encode_running(const std::vector<RunningModel>& models) {
  json::Value body = object_of({{"models", json::Value::array()}});
  for (const RunningModel& model : models) {
    body.find("models")->push(object_of({{"name", model.name},
                                         {"model", model.name},
                                         {"size", model.bytes},
                                         {"digest", std::string(64, '0')},
                                         {"details", details()},
                                         {"expires_at", rfc3339(model.expires)},
                                         {"size_vram", model.bytes},
                                         {"context_length", 4096}}));
  }
  return json::dump(body);
}

std::string encode_pull(bool stream) {
  const std::string last = json::dump(object_of({{"status", "success"}}));
  return stream ? json::dump(object_of({{"status", "pulling manifest"}})) + "\n" + last + "\n"
                : last;
}

}  // namespace rehearse::wire::ollama
