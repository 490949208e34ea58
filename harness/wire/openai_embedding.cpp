#include "harness/wire/openai_embedding.hpp"

#include <array>
#include <bit>
#include <charconv>

#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/tokens.hpp"

namespace rehearse::wire::openai {
namespace {

constexpr std::size_t kMostInputs = 2048;

bool is_token_list(const json::Value& value) {
  if (!value.is_array() || value.items().empty()) {
    return false;
  }
  for (const json::Value& item : value.items()) {
    if (!item.is_integer()) {
      return false;
    }
  }
  return true;
}

EmbeddingInput text_input(const std::string& text) { return {text, token_count(text.size())}; }

EmbeddingInput token_input(const json::Value& list) {
  return {"", static_cast<std::int64_t>(list.items().size())};
}

void decode_inputs(Fields& fields, EmbeddingRequest& request) {
  constexpr std::string_view kWanted = "a text, or an array of texts or of token numbers";
  const json::Value* input = fields.find("input");
  if (input == nullptr) {
    fields.fail("input", "expected a text or an array of texts, found nothing");
  } else if (input->is_string()) {
    request.inputs.push_back(text_input(input->as_string()));
  } else if (is_token_list(*input)) {
    request.inputs.push_back(token_input(*input));
  } else if (!input->is_array() || input->items().empty() || input->items().size() > kMostInputs) {
    fields.fail("input", expected_found(kWanted, *input));
  } else {
    for (std::size_t i = 0; i < input->items().size(); ++i) {
      const json::Value& item = input->items()[i];
      if (item.is_string()) {
        request.inputs.push_back(text_input(item.as_string()));
      } else if (is_token_list(item)) {
        request.inputs.push_back(token_input(item));
      } else {
        fields.errors().push_back(
            {json::pointer_join("/input", i), expected_found("a text or token numbers", item)});
        return;
      }
    }
  }
}

std::string little_endian(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float value : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>(bits >> shift & 0xFF);
    }
  }
  return bytes;
}

std::vector<float> from_little_endian(std::string_view bytes) {
  std::vector<float> vector;
  vector.reserve(bytes.size() / 4);
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    std::uint32_t bits = 0;
    for (unsigned k = 0; k < 4; ++k) {
      bits |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k])) << (8 * k);
    }
    vector.push_back(std::bit_cast<float>(bits));
  }
  return vector;
}

std::string float_list(const std::vector<float>& vector) {
  std::string out = "[";
  std::array<char, 32> digits{};
  for (std::size_t i = 0; i < vector.size(); ++i) {
    out += i == 0 ? "" : ",";
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), vector[i]).ptr;
    out.append(digits.data(), end);
  }
  return out + "]";
}

std::vector<float> decode_vector(const json::Value* value, const std::string& pointer,
                                 Errors& errors) {
  if (value != nullptr && value->is_string()) {
    const auto bytes = decode_base64(value->as_string());
    if (bytes && bytes->size() % 4 == 0) {
      return from_little_endian(*bytes);
    }
    errors.push_back({pointer, "expected base64 of 32-bit floats, found something else"});
    return {};
  }
  if (value == nullptr) {
    errors.push_back({pointer, "expected an array of numbers or base64, found nothing"});
    return {};
  }
  return decode_floats(*value, pointer, errors);
}

}  // namespace

std::string encode_embedding_request(const EmbeddingRequest& request) {
  json::Value body = object_of({{"model", request.model}, {"input", json::Value::array()}});
  for (const EmbeddingInput& input : request.inputs) {
    body.find("input")->push(input.text);
  }
  if (request.dimensions) {
    body.set("dimensions", *request.dimensions);
  }
  body.set("encoding_format", request.base64 ? "base64" : "float");
  return json::dump(body);
}

Result<EmbeddingRequest> decode_embedding_request(std::string_view text) {
  return decode_body<EmbeddingRequest>(text, [&](Fields& fields, EmbeddingRequest& request) {
    request.model = fields.required_text("model");
    decode_inputs(fields, request);
    request.dimensions = fields.integer("dimensions", 1, 16'384);
    const std::string format = fields.text("encoding_format", "float");
    if (format != "float" && format != "base64") {
      fields.fail("encoding_format", expected_found("float or base64", json::Value(format)));
    }
    request.base64 = format == "base64";
  });
}

std::string encode_embedding_reply(const EmbeddingReply& reply, bool base64) {
  std::string out = "{\"object\":\"list\",\"data\":[";
  for (std::size_t i = 0; i < reply.vectors.size(); ++i) {
    out += (i == 0 ? "" : ",");
    out += "{\"object\":\"embedding\",\"index\":" + std::to_string(i) + ",\"embedding\":";
    out += base64 ? '"' + encode_base64(little_endian(reply.vectors[i])) + '"'
                  : float_list(reply.vectors[i]);
    out += '}';
  }
  return out + "],\"model\":" + json::dump(reply.model) +
         ",\"usage\":{\"prompt_tokens\":" + std::to_string(reply.input_tokens) +
         ",\"total_tokens\":" + std::to_string(reply.input_tokens) + "}}";
}

Result<EmbeddingReply> decode_embedding_reply(std::string_view text) {
  return decode_body<EmbeddingReply>(text, [&](Fields& fields, EmbeddingReply& reply) {
    reply.model = fields.text("model");
    const json::Value* data = fields.array("data");
    if (data == nullptr) {
      fields.fail("data", "expected an array, found nothing");
      return;
    }
    for (std::size_t i = 0; i < data->items().size(); ++i) {
      const std::string pointer = json::pointer_join("/data", i) + "/embedding";
      reply.vectors.push_back(
          decode_vector(data->items()[i].find("embedding"), pointer, fields.errors()));
    }
    if (const json::Value* usage = fields.object("usage")) {
      reply.input_tokens = Fields(*usage, "/usage", fields.errors())
                               .integer("prompt_tokens", 0, INT64_MAX)
                               .value_or(0);
    }
  });
}

}  // namespace rehearse::wire::openai
