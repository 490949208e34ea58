#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/wire/replicate.hpp"
#include "mocks/server/job.hpp"
#include "mocks/server/webhook.hpp"

namespace rehearse::server {

// Instants of answers: scenario time behind a fixed day, so that every run says the same.
Instant replicate_instant(Instant at);

// A prediction and who is told of it.
struct ReplicatePrediction final : JobListener {
  ReplicatePrediction(House& h, std::uint64_t s) : house(h), seed(s) {}
  bool over() const { return job->over(); }
  void release() { job->release_output(); }

  // As it stands.
  wire::replicate::Prediction now();
  // Sends the webhooks that were asked for.
  void job_changed(Job& changed) override;

  House& house;
  std::uint64_t seed;
  std::string id;
  std::string model;
  std::string url;
  wire::replicate::PredictionRequest request;
  std::optional<WebhookTarget> hook;
  std::unique_ptr<Job> job;

 private:
  void send(const std::string& event);
};

// `Prefer: wait`: answers when the prediction is over, or as "starting" when `most` has passed.
std::unique_ptr<Exchange> wait_for_prediction(Connection& connection, House& house,
                                              ReplicatePrediction& prediction, Duration most);
// The pieces of its output as server-sent events, each when it is due.
std::unique_ptr<Exchange> stream_prediction(Connection& connection, House& house,
                                            ReplicatePrediction& prediction);

}  // namespace rehearse::server
