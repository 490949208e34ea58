#include "harness/cli/provider_variables.hpp"

namespace rehearse::cli {

const std::vector<ProviderVariables>& provider_variables() {
  static const std::vector<ProviderVariables> all = {
      {"openai", "https://api.openai.com/v1", {"OPENAI_BASE_URL", "OPENAI_API_BASE"}},
      {"anthropic", "https://api.anthropic.com", {"ANTHROPIC_BASE_URL"}},
      {"gemini",
       "https://generativelanguage.googleapis.com",
       {"GOOGLE_GEMINI_BASE_URL", "GEMINI_BASE_URL"}},
      {"ollama", "http://127.0.0.1:11434", {"OLLAMA_HOST", "OLLAMA_BASE_URL"}},
      {"replicate", "https://api.replicate.com/v1", {"REPLICATE_BASE_URL"}},
      {"stability", "https://api.stability.ai", {"STABILITY_BASE_URL"}},
      {"firecrawl", "https://api.firecrawl.dev", {"FIRECRAWL_API_URL", "FIRECRAWL_BASE_URL"}}};
  return all;
}

std::string variable_name(std::string_view provider, std::string_view ending) {
  std::string out;
  for (const char c : provider) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    out += letter ? static_cast<char>(c & ~0x20) : digit ? c : '_';
  }
  return out + std::string(ending);
}

}  // namespace rehearse::cli
