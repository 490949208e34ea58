#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::cli {

// How programs are told where a provider is: what official SDKs and common clients read.
struct ProviderVariables {
  std::string_view name;
  std::string_view url;  // where its calls go where nothing is set, with the path of the base URL
  std::vector<std::string_view> variables;  // the first one that is set says where calls go
};

// Every provider that is known so.
const std::vector<ProviderVariables>& provider_variables();

// "openai" and "_BASE_URL" → "OPENAI_BASE_URL"; anything but letters and digits becomes '_'.
std::string variable_name(std::string_view provider, std::string_view ending);

}  // namespace rehearse::cli
