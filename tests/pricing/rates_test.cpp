#include <catch2/catch.hpp>

#include "harness/pricing/rates.hpp"

using namespace rehearse;
using rehearse::pricing::Rates;

TEST_CASE("nothing used costs nothing, whatever the price") {
  Rates rates;
  rates.input = UnitPrice::usd_per(2.5, 1e6);
  CHECK(rates.cost({}) == Money());
}

TEST_CASE("cached tokens are billed at their own price and never more than there is input") {
  Rates rates;
  rates.input = UnitPrice::usd_per(2.5, 1e6);
  rates.cached = UnitPrice::usd_per(1.25, 1e6);
  Usage usage;
  usage.input_tokens = 1000;
  usage.cached_tokens = 400;
  CHECK(rates.cost(usage) == Money::nano_usd(600 * 2500 + 400 * 1250));
  usage.cached_tokens = 5000;
  CHECK(rates.cost(usage) == Money::nano_usd(1000 * 1250));
}

TEST_CASE("a tier holds for the whole call once its input is longer, not before") {
  Rates rates;
  rates.input = UnitPrice::usd_per(3, 1e6);
  rates.output = UnitPrice::usd_per(15, 1e6);
  rates.tiers = {{200'000, UnitPrice::usd_per(6, 1e6), UnitPrice::usd_per(0.6, 1e6),
                  UnitPrice::usd_per(22.5, 1e6)}};
  Usage usage;
  usage.input_tokens = 200'000;
  usage.output_tokens = 100;
  CHECK(rates.cost(usage) == Money::nano_usd(200'000 * 3000 + 100 * 15'000));
  usage.input_tokens = 200'001;
  CHECK(rates.cost(usage) == Money::nano_usd(200'001LL * 6000 + 100 * 22'500));
}

TEST_CASE("images are billed each by the first rate that fits, and not by their tokens again") {
  Rates rates;
  rates.output = UnitPrice::usd_per(40, 1e6);
  rates.images = {{"1024x1024", "hd", Money::from_usd(0.08)},
                  {"", "hd", Money::from_usd(0.12)},
                  {"1024x1024", "", Money::from_usd(0.04)}};
  Usage usage;
  usage.images = 3;
  usage.output_tokens = 1000;
  CHECK(rates.cost(usage, "1024x1024", "hd") == Money::from_usd(0.24));
  CHECK(rates.cost(usage, "1792x1024", "hd") == Money::from_usd(0.36));
  CHECK(rates.cost(usage, "1024x1024", "standard") == Money::from_usd(0.12));
  CHECK(rates.cost(usage, "512x512", "standard") == Money::from_usd(0.04));  // by tokens
}

TEST_CASE("audio, characters, payload and calls have prices of their own") {
  Rates rates;
  rates.audio_ms = UnitPrice::usd_per(0.006, 60e3);
  rates.character = UnitPrice::usd_per(15, 1e6);
  rates.byte = UnitPrice::usd_per(0.09, 1e9);
  rates.call = Money::from_usd(0.0004);
  Usage usage;
  usage.audio_ms = 90'000;
  usage.characters = 1000;
  usage.bytes = 2'000'000'000;
  CHECK(rates.cost(usage) == Money::from_usd(0.009 + 0.015 + 0.18 + 0.0004));
}
