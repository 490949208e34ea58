#pragma once

#include "harness/json/object_reader.hpp"
#include "harness/pricing/rates.hpp"

namespace rehearse::pricing {

// Reads the keys of a price that `reader` holds (README.md § Keys); wrong ones become errors of the
// reader. The caller asks for its own keys and calls finish().
Rates read_rates(json::ObjectReader& reader);

}  // namespace rehearse::pricing
