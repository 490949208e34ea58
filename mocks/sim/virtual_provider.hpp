#pragma once

#include "harness/base/distribution.hpp"
#include "harness/provider/provider.hpp"
#include "harness/runtime/runtime.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::sim {

struct VirtualOptions {
  Distribution rtt;  // seconds a call, on top of what the model plans
};

// Answers calls in virtual (or any) time from a provider model. Runtime and model outlive it.
class VirtualProvider final : public provider::Provider {
 public:
  VirtualProvider(runtime::Runtime& runtime, latency::ProviderModel& model,
                  VirtualOptions options = {});

  runtime::Task<provider::Outcome> call(const provider::Call& call,
                                        runtime::StopToken stop) override;
  Duration typical(const CallFeatures& features) const override { return model_.typical(features); }
  Duration typical_of(const CallFeatures& features, const DrawKey& key) const override {
    return model_.typical_of(features, key);
  }

 private:
  runtime::Runtime& runtime_;
  latency::ProviderModel& model_;
  VirtualOptions options_;
};

}  // namespace rehearse::sim
