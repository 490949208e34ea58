#pragma once

#include <string>

#include "harness/json/value.hpp"
#include "scenarios/model.hpp"

// One readable line for each part of a file that `rehearse show` lists. Not yet cut or made safe
// for a terminal.
namespace rehearse::scenarios {

// "one of image_backend; trade-off: less detail; changes image, image_size".
std::string variant_line(const Variant& variant);

// "100 users, think 1s–3s, for 10m", in the words and units of the file.
std::string workload_line(const json::Value& workload);

// "response of stage image: saves 20s–30s, with optimised; auto-post.md:26".
std::string claim_line(const Claim& claim, bool with_source = true);

}  // namespace rehearse::scenarios
