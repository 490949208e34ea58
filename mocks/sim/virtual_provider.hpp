#pragma once

#include <memory>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/provider/provider.hpp"
#include "harness/runtime/runtime.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::sim {

struct VirtualOptions {
  Distribution rtt;  // seconds a call, on top of what the model plans
  bool pace = true;  // tells the gaps between a stream's chunks; nobody may look at them
};

// Answers calls in virtual (or any) time from a provider model. Runtime and model outlive it.
class VirtualProvider final : public provider::Provider {
 public:
  VirtualProvider(runtime::Runtime& runtime, latency::ProviderModel& model,
                  VirtualOptions options = {});
  ~VirtualProvider() override;

  runtime::Task<provider::Outcome> call(const provider::Call& call,
                                        runtime::StopToken stop) override;
  // Where no round trip and no queue stand before the service, its end is known when it begins.
  provider::Foreseen* foresee(const provider::Call& call) override;
  provider::Outcome settle(provider::Foreseen& foreseen, runtime::Wake wake) override;
  Duration typical(const CallFeatures& features) const override { return model_.typical(features); }
  Duration typical_of(const CallFeatures& features, const DrawKey& key) const override {
    return model_.typical_of(features, key);
  }

 private:
  struct ForeseenVisit;
  runtime::Runtime& runtime_;
  latency::ProviderModel& model_;
  VirtualOptions options_;
  std::vector<std::unique_ptr<ForeseenVisit>> visits_;
  std::vector<ForeseenVisit*> idle_;  // of them, free for the next call
};

}  // namespace rehearse::sim
