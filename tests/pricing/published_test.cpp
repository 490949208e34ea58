#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "harness/pricing/price_table.hpp"

using namespace rehearse;
using namespace rehearse::pricing;

namespace {

Money tokens(const PriceTable& table, const char* provider, const char* model, std::int64_t in,
             std::int64_t out) {
  const ModelPrices* prices = table.find(provider, model);
  REQUIRE(prices != nullptr);
  Usage usage;
  usage.input_tokens = in;
  usage.output_tokens = out;
  return prices->on(kLatest).rates.cost(usage);
}

// "- id: X … input_mtok: V": what a line scan finds of the plain prices of one YAML file.
std::map<std::string, std::map<std::string, double>> scan(const std::filesystem::path& path) {
  std::map<std::string, std::map<std::string, double>> out;
  std::ifstream in(path);
  std::string line;
  std::string model;
  while (std::getline(in, line)) {
    if (line.rfind("  - id: ", 0) == 0) {
      model = line.substr(8);
    }
    for (const std::string key : {"input_mtok", "cache_read_mtok", "output_mtok"}) {
      const std::string prefix = "      " + key + ": ";
      if (line.rfind(prefix, 0) == 0) {
        out[model][key] = std::stod(line.substr(prefix.size()));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the shipped table is valid and every price has a source") {
  const PriceTable table = shipped_prices();
  CHECK(table.models().size() > 60);
  for (const ModelPrices& model : table.models()) {
    for (const ModelPrices::Dated& dated : model.dated) {
      CHECK(!dated.source.empty());
    }
  }
}

TEST_CASE("the forum-autoposter report's arithmetic comes out to the nano-dollar") {
  const PriceTable table = shipped_prices();
  CHECK(tokens(table, "openai", "gpt-4o-mini", 2000, 500) == Money::from_usd(0.0006));
  CHECK(tokens(table, "openai", "gpt-3.5-turbo", 2000, 500) == Money::from_usd(0.00175));
  CHECK(tokens(table, "openai", "gpt-4o", 2000, 500) == Money::from_usd(0.01));
}

TEST_CASE("images cost what was published, by size and quality") {
  const PriceTable table = shipped_prices();
  Usage one;
  one.images = 1;
  const auto image = [&](const char* provider, const char* model, const char* size,
                         const char* quality) {
    const ModelPrices* prices = table.find(provider, model);
    REQUIRE(prices != nullptr);
    return prices->on(kLatest).rates.cost(one, size, quality);
  };
  CHECK(image("openai", "dall-e-3", "1024x1024", "standard") == Money::from_usd(0.04));
  CHECK(image("openai", "dall-e-3", "1792x1024", "standard") == Money::from_usd(0.08));
  CHECK(image("openai", "dall-e-3", "1024x1792", "hd") == Money::from_usd(0.12));
  CHECK(image("openai", "dall-e-3", "1024x1024", "hd") == Money::from_usd(0.08));
  CHECK(image("openai", "dall-e-2", "256x256", "standard") == Money::from_usd(0.016));
  CHECK(image("openai", "dall-e-2", "1024x1024", "standard") == Money::from_usd(0.02));
  CHECK(image("openai", "gpt-image-1", "1024x1024", "high") == Money::from_usd(0.167));
  CHECK(image("openai", "gpt-image-1", "1536x1024", "medium") == Money::from_usd(0.063));
  CHECK(image("replicate", "stability-ai/sdxl", "1024x1024", "") == Money::from_usd(0.003));
}

TEST_CASE("long input moves gemini and claude into their higher tier, on the days it held") {
  const PriceTable table = shipped_prices();
  CHECK(tokens(table, "google", "gemini-2.5-pro", 200'001, 0) == Money::nano_usd(200'001LL * 2500));
  CHECK(tokens(table, "anthropic", "claude-sonnet-4-6", 300'000, 0) == Money::from_usd(0.9));
  Usage usage;
  usage.input_tokens = 300'000;
  const ModelPrices* sonnet = table.find("anthropic", "claude-sonnet-4-6");
  CHECK(sonnet->on(*parse_date("2026-03-12")).rates.cost(usage) == Money::from_usd(1.8));
}

TEST_CASE("token prices agree with pydantic/genai-prices where its files are beside the project") {
  const auto folder =
      std::filesystem::path(REHEARSE_SOURCE_DIR) / ".." / "shared" / "data" / "genai-prices";
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: ../shared/data/genai-prices is not there");
    return;
  }
  const PriceTable table = shipped_prices();
  std::size_t compared = 0;
  for (const char* provider : {"openai", "anthropic", "google"}) {
    for (const auto& [model, prices] : scan(folder / (std::string(provider) + ".yml"))) {
      const ModelPrices* ours = table.find(provider, model);
      if (ours == nullptr || ours->model != model || !ours->dated.back().rates.tiers.empty() ||
          ours->dated.size() > 1 || model.starts_with("gpt-image") || model.ends_with("-tts") ||
          model.ends_with("-transcribe")) {
        continue;
      }
      INFO(provider << ' ' << model);
      const Rates& rates = ours->dated.back().rates;
      for (const auto& [key, usd] : prices) {
        const UnitPrice price = key == "input_mtok"        ? rates.input
                                : key == "cache_read_mtok" ? rates.cached
                                                           : rates.output;
        CHECK(price.of(1'000'000) == Money::from_usd(usd));
        ++compared;
      }
    }
  }
  CHECK(compared > 60);
}
