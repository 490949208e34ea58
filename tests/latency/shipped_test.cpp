#include "tests/latency/support.hpp"

#include <fstream>
#include <sstream>

using namespace rehearse;
using namespace rehearse::latency;

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
    const std::string path =
        std::string(REHEARSE_SOURCE_DIR) + "/mocks/profiles/" + std::string(name) + ".json";
    const auto value = json::read_file(path);
    INFO(path);
    REQUIRE(value.ok());
    for (const json::Member& operation : value->find("operations")->members()) {
      const json::Value* models = operation.value.find("models");
      const bool own = operation.value.find("basis") != nullptr;
      if (models == nullptr) {
        INFO(operation.key);
        CHECK(own);
        continue;
      }
      for (const json::Member& model : models->members()) {
        INFO(operation.key << ' ' << model.key);
        CHECK((own || model.value.find("basis") != nullptr));
      }
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
