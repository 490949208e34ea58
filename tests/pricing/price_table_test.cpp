#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/pricing/price_table.hpp"

using namespace rehearse;
using namespace rehearse::pricing;

namespace {

Result<PriceTable> table_of(const char* text) {
  const auto value = json::parse(text, "t.json");
  REQUIRE(value.ok());
  return PriceTable::make(*value, "t.json");
}

}  // namespace

TEST_CASE("a price is the latest one that had begun, and the first before them all") {
  const auto table = table_of(R"({"providers": {"p": {"source": "s", "models": {"m": {
    "from_date": "2025-01-01", "input_usd_per_mtok": 2,
    "later": [{"from_date": "2026-01-01", "input_usd_per_mtok": 1}]}}}}})");
  REQUIRE(table.ok());
  const ModelPrices* model = table->find("p", "m");
  REQUIRE(model != nullptr);
  const auto at = [&](const char* day) {
    return model->on(*parse_date(day)).rates.input.of(1'000'000);
  };
  CHECK(at("2020-01-01") == Money::from_usd(2));
  CHECK(at("2025-12-31") == Money::from_usd(2));
  CHECK(at("2026-01-01") == Money::from_usd(1));
  CHECK(model->on(kLatest).rates.input.of(1'000'000) == Money::from_usd(1));
}

TEST_CASE("a name wins over an alias, and a trailing star fits every ending") {
  const auto table = table_of(R"({"providers": {"p": {"source": "s", "models": {
    "gpt": {"aliases": ["gpt-*"], "call_usd": 1}, "gpt-mini": {"call_usd": 2}}}}})");
  REQUIRE(table.ok());
  CHECK(table->find("p", "gpt-mini")->model == "gpt-mini");
  CHECK(table->find("p", "gpt-2025")->model == "gpt");
  CHECK(table->find("p", "other") == nullptr);
  CHECK(table->find("q", "gpt") == nullptr);
}

TEST_CASE("a bad table gives all its errors, each with its place") {
  const auto table = table_of(R"({"providers": {"p": {"models": {
    "a": {"source": "s", "input_usd_per_mtoken": 1},
    "b": {"source": "s", "output_usd_per_mtok": "1", "from_date": "2025-13-01"},
    "c": {"call_usd": -1}}}}})");
  REQUIRE(!table.ok());
  std::string all;
  for (const Error& error : table.errors()) {
    all += error.text() + '\n';
  }
  INFO(all);
  CHECK(table.errors().size() == 5);
  CHECK(all.find("did you mean input_usd_per_mtok?") != std::string::npos);
  CHECK(all.find("/providers/p/models/b/output_usd_per_mtok") != std::string::npos);
  CHECK(all.find("expected a date") != std::string::npos);
  CHECK(all.find("every price needs a source") != std::string::npos);
}

TEST_CASE("dates are read strictly") {
  CHECK(parse_date("2026-11-21")->number == 20'261'121);
  for (const char* bad : {"", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-32", "20260101",
                          "2026-01-01x", "abcd-ef-gh"}) {
    CHECK(!parse_date(bad).ok());
  }
}
