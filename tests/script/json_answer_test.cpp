#include <catch2/catch.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "mocks/script/json_answer.hpp"

using namespace rehearse;
using namespace rehearse::script;

namespace {

// Held against a library that knows nothing of ours.
bool conforms(const std::string& schema_text, const std::string& text) {
  const auto schema_json = nlohmann::json::parse(schema_text);
  const auto value = nlohmann::json::parse(text);
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_json);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  const valijson::adapters::NlohmannJsonAdapter adapter(value);
  return validator.validate(schema, adapter, nullptr);
}

const std::vector<std::string> kSchemas = {
    R"({"type":"object","properties":{"title":{"type":"string"},"tags":{"type":"array",
        "items":{"type":"string","maxLength":9},"minItems":2,"maxItems":4}},
        "required":["title","tags"],"additionalProperties":false})",
    R"({"type":"object","properties":{"mood":{"enum":["calm","loud",3]},"one":{"const":{"a":[1]}},
        "share":{"type":"number","minimum":0,"maximum":1},
        "count":{"type":"integer","minimum":7,"maximum":9},
        "step":{"type":"integer","minimum":1,"multipleOf":6},
        "maybe":{"type":["null","boolean"]}},"required":["mood","one","share","count"]})",
    R"({"anyOf":[{"type":"integer","maximum":-5,"minimum":-9},{"type":"string","minLength":300}]})",
    R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
        {"type":"object","properties":{"b":{"type":"integer"}},"required":["b"]}]})",
    R"({"$defs":{"node":{"type":"object","properties":{"name":{"type":"string"},
        "children":{"type":"array","items":{"$ref":"#/$defs/node"}}},
        "required":["name","children"]}},"$ref":"#/$defs/node"})",
    R"({"type":"array","items":{"type":"integer","minimum":0,"maximum":3},"uniqueItems":true,
        "minItems":3})",
    R"({"type":"object"})",
    R"({})",
    R"({"type":"null"})",
    R"({"type":"boolean"})"};

}  // namespace

TEST_CASE("an answer conforms to its schema, whatever its length and content") {
  for (const std::string& schema : kSchemas) {
    for (const std::int64_t tokens : {0, 1, 10, 300}) {
      for (std::uint64_t content = 1; content <= 20; ++content) {
        const std::string text = json_answer(content, tokens, schema);
        INFO(schema << "\n" << text);
        CHECK(conforms(schema, text));
        CHECK(text.size() >= static_cast<std::size_t>(tokens) * 4);
      }
    }
  }
}

TEST_CASE("an answer has exactly the length that was planned where its texts can grow") {
  for (const std::int64_t tokens : {60, 61, 250, 4'000}) {
    CHECK(json_answer(5, tokens, kSchemas.front()).size() == static_cast<std::size_t>(tokens) * 4);
  }
}

TEST_CASE("the same question has the same answer, another one another") {
  CHECK(json_answer(1, 50, kSchemas.front()) == json_answer(1, 50, kSchemas.front()));
  CHECK(json_answer(1, 50, kSchemas.front()) != json_answer(2, 50, kSchemas.front()));
}

TEST_CASE("formats have their form") {
  const auto value = nlohmann::json::parse(
      json_answer(3, 10, R"({"properties":{"d":{"type":"string","format":"date"},
                 "u":{"type":"string","format":"uuid"}}})"));
  CHECK(value["d"].get<std::string>().size() == 10);
  CHECK(value["u"].get<std::string>().size() == 36);
}

TEST_CASE("a schema that demands itself without end, or is none, still gets JSON") {
  const std::string hostile =
      R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}},
          "required":["a","b","c"]})";
  for (const std::string& schema :
       {hostile, std::string("[1]"), std::string("nonsense"),
        std::string(R"({"type":7,"enum":[]})"),
        std::string(R"({"type":"array","minItems":1e300,"items":{}})")}) {
    INFO(schema);
    CHECK_FALSE(nlohmann::json::parse(json_answer(1, 20, schema), nullptr, false).is_discarded());
  }
}

TEST_CASE("types in capitals, as Gemini's schemas have them, are the same types") {
  const auto answer = nlohmann::json::parse(
      json_answer(7, 40,
                  R"({"type":"OBJECT","properties":{"n":{"type":"INTEGER"},"s":{"type":"STRING"},)"
                  R"("l":{"type":"ARRAY","items":{"type":"BOOLEAN"}}}})"));
  CHECK(answer.at("n").is_number_integer());
  CHECK(answer.at("s").is_string());
  CHECK(answer.at("l").is_array());
}
