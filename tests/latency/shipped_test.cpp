#include "tests/latency/support.hpp"

#include <algorithm>

using namespace rehearse;
using namespace rehearse::latency;

namespace {

// A number, a time, or an array with one.
bool is_figure(const json::Value& value) {
  if (value.is_array()) {
    return std::any_of(value.items().begin(), value.items().end(), is_figure);
  }
  return value.is_number() || (value.is_string() && parse_duration(value.as_string()).ok());
}

std::string text_at(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

// Adds the places below `value` that do not say on what they rest, where what stands around it
// has the basis and the source of `around`.
struct Origin {
  std::string basis, source;
};
void add_unexplained(const json::Value& value, const std::string& place, Origin around,
                     std::vector<std::string>& out) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      add_unexplained(value.items()[i], place + '/' + std::to_string(i), around, out);
    }
  }
  if (!value.is_object()) {
    return;
  }
  const Origin own{text_at(value, "basis"), text_at(value, "source")};
  const bool reason = !own.source.empty() || !text_at(value, "note").empty();
  const bool quoted = own.basis == "published" || own.basis == "stated";
  if (!own.basis.empty() && !reason && (!quoted || around.source.empty())) {
    out.push_back(place + ": " + own.basis + " without a source" +
                  (quoted ? "" : " or note of its own"));
  }
  around = {own.basis.empty() ? around.basis : own.basis,
            own.source.empty() ? around.source : own.source};
  for (const json::Member& member : value.members()) {
    const bool figure = member.key != "status" && is_figure(member.value);
    if (figure && around.basis.empty()) {
      out.push_back(place + ": " + member.key + " without a basis");
    }
    add_unexplained(member.value, json::pointer_join(place, member.key), around, out);
  }
}

std::vector<std::string> unexplained_figures(const json::Value& profile) {
  std::vector<std::string> out;
  add_unexplained(profile, "", {}, out);
  return out;
}

}  // namespace

TEST_CASE("every shipped profile is valid and takes a sane time for all its models") {
  const std::vector<std::string_view> names = shipped_profile_names();
  CHECK(names.size() >= 13);
  for (const std::string_view name : names) {
    INFO(name);
    const auto profile = load_profile(name, "");
    INFO((profile ? std::string() : profile.error().text()));
    REQUIRE(profile.ok());
    CHECK((*profile)->name == name);
    CHECK((*profile)->dated == 20'261'121);
    ProviderModel model(*profile, {});
    for (const Entry& entry : (*profile)->entries) {
      INFO(entry.operation << ' ' << entry.model);
      CallFeatures features;
      features.operation = entry.operation;
      features.model = entry.model;
      CHECK((*profile)->find(entry.operation, entry.model) == &entry);
      const double typical = model.typical(features).count_s();
      CHECK(typical > 0.005);
      CHECK(typical < (entry.operation == "image" || entry.operation == "video" ? 1200 : 60));
      for (std::uint64_t job = 0; job < 20; ++job) {
        const Plan plan = plan_of(model, key_of(job), features);
        CHECK(plan.fault == Fault::None);
        CHECK(plan.total > Duration::zero());
        CHECK(plan.cost >= Money());
      }
    }
  }
}

TEST_CASE("every figure of a shipped profile says on what it rests") {
  for (const std::string_view name : shipped_profile_names()) {
    const std::string file = "mocks/profiles/" + std::string(name) + ".json";
    const auto value = json::read_file(std::string(REHEARSE_SOURCE_DIR) + "/" + file);
    REQUIRE(value.ok());
    for (const std::string& place : unexplained_figures(*value)) {
      FAIL_CHECK(file << ' ' << place);
    }
  }
}

TEST_CASE("a figure without a basis, and a basis without its reason, are found where they stand") {
  const auto value = json::parse(R"({ "dated": "2026-11-21", "limits": { "rpm": 5 },
    "connection": { "tcp": "8ms", "tls": { "typical": "16ms", "basis": "assumed" },
                    "dns": "5ms", "basis": "published", "source": "a page, 2026" },
    "faults": { "a": { "fault": "status", "status": 500 }, "b": { "lasts": [ "1s", "9s" ] } },
    "operations": {
      "chat": { "models": {
        "bare":   { "first_token": { "mixture": [ { "weight": 1, "of": "1s" } ] } },
        "guess":  { "basis": "assumed", "first_token": "1s" },
        "noted":  { "basis": "assumed", "note": "as guess", "first_token": "1s" },
        "blank":  { "basis": "stated", "source": "", "first_token": "1s" },
        "heir":   { "basis": "published", "source": "a page",
                    "n": { "value": 2, "basis": "stated" } } } },
      "image": { "sizes": { "1024x1024": 1 }, "default": "1024x1024", "basis": "assumed",
                 "source": "as elsewhere" } } })");
  REQUIRE(value.ok());
  CHECK(unexplained_figures(*value) ==
        std::vector<std::string>{
            "/limits: rpm without a basis",
            "/connection/tls: assumed without a source or note of its own",
            "/faults/b: lasts without a basis",
            "/operations/chat/models/bare/first_token/mixture/0: weight without a basis",
            "/operations/chat/models/bare/first_token/mixture/0: of without a basis",
            "/operations/chat/models/guess: assumed without a source or note of its own",
            "/operations/chat/models/blank: stated without a source",
        });
}

TEST_CASE("every error status that a provider's documentation or SDK knows is a fault by name") {
  struct Known {
    std::string_view provider;
    std::vector<int> statuses;
  };
  const std::vector<Known> all = {
      {"openai", {400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503}},
      {"anthropic", {400, 401, 402, 403, 404, 409, 413, 429, 500, 504, 529}},
      {"gemini", {400, 401, 403, 404, 429, 499, 500, 503, 504}},
      {"ollama", {400, 401, 404, 429, 500, 502, 503}},
      {"replicate", {401, 402, 404, 422, 429, 500, 503}},
      {"stability", {400, 401, 402, 403, 404, 413, 422, 429, 500}},
      {"firecrawl", {400, 401, 402, 403, 404, 408, 409, 429, 500, 502}},
      {"runway", {400, 401, 404, 429, 500, 502, 503, 504}},
  };
  for (const auto& [provider, statuses] : all) {
    const auto profile = load_profile(provider, "");
    REQUIRE(profile.ok());
    for (const int status : statuses) {
      INFO(provider << ' ' << status);
      CHECK(std::any_of(
          (*profile)->faults.begin(), (*profile)->faults.end(), [status](const FaultSpec& fault) {
            return fault.fault == Fault::Status && fault.status == status && !fault.message.empty();
          }));
    }
  }
}

TEST_CASE("the published ratios come out: image sizes and models, storyboard's back ends") {
  ProviderModel openai(*load_profile("openai", ""), {});
  CallFeatures image;
  image.operation = "image";
  image.model = "dall-e-3";
  const double square = openai.typical(image).count_s();
  image.size = "1792x1024";
  CHECK(openai.typical(image).count_s() / square == Approx(1.32));
  image.model = "dall-e-2";
  image.size = "1024x1024";
  CHECK(square / openai.typical(image).count_s() == Approx(4));
  CHECK(openai.typical(image).count_s() == Approx(std::sqrt(50.0)));
  CallFeatures audio;
  audio.operation = "transcription";
  audio.audio_ms = 63'000;
  CHECK(openai.typical(audio).count_s() == Approx(4.15));
  image.model = "";
  image.size = "";
  CHECK(ProviderModel(*load_profile("replicate", ""), {}).typical(image).count_s() ==
        Approx(std::sqrt(15.0)));
  CHECK(ProviderModel(*load_profile("sdxl-cpu", ""), {}).typical(image).count_s() ==
        Approx(60 * std::sqrt(75.0)));
}

TEST_CASE("a single job of ten calls never meets a shipped limit") {
  for (const std::string_view name : shipped_profile_names()) {
    const auto profile = load_profile(name, "");
    ProviderModel model(*profile, {});
    for (const Entry& entry : (*profile)->entries) {
      CallFeatures features;
      features.operation = entry.operation;
      features.model = entry.model;
      features.max_tokens = entry.kind == Kind::Chat ? 4000 : 0;
      for (std::uint64_t call = 0; call < 10; ++call) {
        INFO(name << ' ' << entry.operation << ' ' << entry.model);
        plan_of(model, key_of(call), features);
      }
    }
  }
}
