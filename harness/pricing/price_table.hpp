#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/embedded.hpp"
#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/pricing/date.hpp"
#include "harness/pricing/rates.hpp"

namespace rehearse::pricing {

// Later than every price.
inline constexpr Date kLatest{99'991'231};

// The prices of one model over time.
struct ModelPrices {
  struct Dated {
    Date from;
    Rates rates;
    std::string source;
  };
  std::string provider;
  std::string model;
  std::vector<std::string> aliases;  // a trailing * fits every ending
  std::vector<Dated> dated;          // ascending, at least one

  // The prices in force on a day; the first ones where the day is before them all.
  const Dated& on(Date day) const;
};

// Published prices by provider and model. Immutable once made.
class PriceTable {
 public:
  // Reads a table (README.md § Keys); all errors, with their pointers. `name` stands in front.
  static Result<PriceTable> make(const json::Value& value, std::string_view name);

  // The model by its name or an alias; nullptr where the table has none. Linear.
  const ModelPrices* find(std::string_view provider, std::string_view model) const;
  const std::vector<ModelPrices>& models() const { return models_; }

 private:
  std::vector<ModelPrices> models_;
};

// The text of the shipped table, prices.json, as it was built into the binary.
std::span<const EmbeddedText> shipped_price_files();
// The shipped table. It is held valid by a test; about a millisecond.
PriceTable shipped_prices();

}  // namespace rehearse::pricing
