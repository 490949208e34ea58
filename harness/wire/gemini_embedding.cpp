#include "harness/wire/gemini_embedding.hpp"

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/gemini_fields.hpp"
#include "harness/wire/tokens.hpp"

namespace rehearse::wire::gemini {
namespace {

constexpr std::size_t kMostInputs = 100;
constexpr std::size_t kMostVectors = 10'000;

void decode_one(Fields& fields, EmbeddingRequest& request) {
  EmbeddingInput input;
  const json::Value* content = fields.object("content");
  const json::Value* parts = content == nullptr ? nullptr : content->find("parts");
  if (parts == nullptr || !parts->is_array() || parts->items().empty()) {
    fields.fail("content", "content is not specified");
    return;
  }
  for (std::size_t i = 0; i < parts->items().size(); ++i) {
    Fields part(parts->items()[i], json::pointer_join(fields.pointer("content") + "/parts", i),
                fields.errors());
    input.text += part.text("text");
  }
  input.tokens = token_count(input.text.size());
  request.inputs.push_back(std::move(input));
  const auto dimensions = fields.integer(key_of(fields, "outputDimensionality"), 1, 8192);
  request.dimensions = dimensions ? dimensions : request.dimensions;
  const std::string model = fields.text("model");
  request.model = model.starts_with("models/") ? model.substr(7) : model;
}

std::vector<float> decode_values(Fields& fields) {
  const json::Value* values = fields.find("values");
  if (values == nullptr) {
    fields.fail("values", "expected an array of numbers, found nothing");
    return {};
  }
  return decode_floats(*values, fields.pointer("values"), fields.errors());
}

void encode_values(const std::vector<float>& values, std::string& out) {
  out += "{\"values\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    out += i == 0 ? "" : ",";
    out += number_text(static_cast<double>(values[i]));
  }
  out += "]}";
}

}  // namespace

std::string encode_embedding_request(const EmbeddingRequest& request) {
  json::Value all = json::Value::array();
  for (const EmbeddingInput& input : request.inputs) {
    json::Value part = object_of({{"text", input.text}});
    json::Value& one = all.push(object_of(
        {{"model", "models/" + request.model},
         {"content", object_of({{"parts", std::vector<json::Value>{std::move(part)}}})}}));
    if (request.dimensions) {
      one.set("outputDimensionality", *request.dimensions);
    }
  }
  return json::dump(object_of({{"requests", std::move(all)}}));
}

Result<EmbeddingRequest> decode_embedding_request(std::string_view text, std::string_view action) {
  return decode_body<EmbeddingRequest>(text, [&](Fields& fields, EmbeddingRequest& request) {
    if (action == kEmbed) {
      decode_one(fields, request);
    } else {
      const json::Value* all = fields.array("requests");
      const std::size_t count = all == nullptr ? 0 : all->items().size();
      if (count == 0 || count > kMostInputs) {
        fields.fail("requests", "at least one and at most 100 requests can be in one batch");
        return;
      }
      for (std::size_t i = 0; i < count; ++i) {
        Fields one(all->items()[i], json::pointer_join("/requests", i), fields.errors());
        decode_one(one, request);
      }
    }
  });
}

std::string encode_embedding_reply(const EmbeddingReply& reply, std::string_view action) {
  std::string out;
  if (action == kEmbed) {
    out = "{\"embedding\":";
    encode_values(reply.vectors.empty() ? std::vector<float>() : reply.vectors.front(), out);
    return out + "}";
  }
  out = "{\"embeddings\":[";
  for (std::size_t i = 0; i < reply.vectors.size(); ++i) {
    out += i == 0 ? "" : ",";
    encode_values(reply.vectors[i], out);
  }
  return out + "]}";
}

Result<EmbeddingReply> decode_embedding_reply(std::string_view text) {
  return decode_body<EmbeddingReply>(text, [](Fields& fields, EmbeddingReply& reply) {
    if (const json::Value* one = fields.object("embedding")) {
      Fields inner(*one, "/embedding", fields.errors());
      reply.vectors.push_back(decode_values(inner));
    } else if (const json::Value* all = fields.array("embeddings");
               all != nullptr && all->items().size() <= kMostVectors) {
      for (std::size_t i = 0; i < all->items().size(); ++i) {
        Fields inner(all->items()[i], json::pointer_join("/embeddings", i), fields.errors());
        reply.vectors.push_back(decode_values(inner));
      }
    } else {
      fields.fail("embeddings", "expected an array of embeddings, found nothing");
    }
  });
}

}  // namespace rehearse::wire::gemini
