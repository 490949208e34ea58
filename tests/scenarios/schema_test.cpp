#include <cstdlib>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

class Judge {
 public:
  Judge() : document_(nlohmann::json::parse(json::dump(schema()))) {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document_), schema_);
  }
  bool accepts(const std::string& text) {
    const auto value = json::parse(text);
    REQUIRE(value.ok());
    const auto plain = nlohmann::json::parse(json::dump(*value));
    valijson::Validator validator;
    return validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(plain), nullptr);
  }

 private:
  nlohmann::json document_;
  valijson::Schema schema_;
};

}  // namespace

TEST_CASE("the schema accepts every file that the loader accepts") {
  Judge judge;
  auto files = files_in(kHere / "good");
  for (const auto& path : files_in(std::filesystem::path(REHEARSE_SOURCE_DIR) / "scenarios")) {
    files.push_back(path);
  }
  for (const auto& path : files) {
    INFO(path);
    CHECK(judge.accepts(read_text(path)));
  }
  CHECK(judge.accepts(starter()));
}

TEST_CASE("the schema refuses what is wrong in shape, as the loader does") {
  Judge judge;
  for (const auto& path : files_in(kHere / "bad" / "shape")) {
    INFO(path);
    CHECK_FALSE(judge.accepts(read_text(path)));
    CHECK_FALSE(load_scenario(path).ok());
  }
}

// bad/meaning holds what no schema can say: names that nothing has, cycles, ranges that descend,
// durations past 100 years, what expressions and variants come to, files that are missing.
TEST_CASE("what only the loader can know passes the schema") {
  Judge judge;
  for (const auto& path : files_in(kHere / "bad" / "meaning")) {
    INFO(path);
    CHECK(judge.accepts(read_text(path)));
  }
}

TEST_CASE("every key of every table has a description in the schema") {
  const json::Value text = schema();
  for (const json::Member& table : text.find("$defs")->members()) {
    CHECK(table.value.find("description") != nullptr);
    CHECK(table.value.find("properties")->members().size() >= 3);
  }
}

TEST_CASE("the published schema file is the one that the tables give") {
  const auto path = std::filesystem::path(REHEARSE_SOURCE_DIR) / "scenarios" / "schema.json";
  const std::string text = json::dump(schema(), 1) + "\n";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  CHECK((read_text(path) == text));
}
