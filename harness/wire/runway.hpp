#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

// Runway's tasks: a POST makes one, GET says how far it is, DELETE cancels or forgets it.
namespace rehearse::wire::runway {

struct TaskRequest {
  std::string model;
  std::string prompt;
  std::string ratio;         // "1280:720"
  std::int64_t seconds = 0;  // of video; 0: not said
  bool operator==(const TaskRequest&) const = default;
};
Result<TaskRequest> decode_request(std::string_view body);
std::string encode_request(const TaskRequest& request);

struct Task {
  std::string id;
  std::string status;       // PENDING, THROTTLED, RUNNING, SUCCEEDED, FAILED, CANCELLED
  Instant created;          // since the epoch
  double progress = 0;      // of one that runs, 0 to 1
  std::string output_json;  // of one that succeeded: an array of URLs
  std::string failure;      // of one that failed
  std::string failure_code;
  bool operator==(const Task&) const = default;
};
std::string encode_task(const Task& task);
// The instant is left out: a client goes by its own clock.
Result<Task> decode_task(std::string_view body);

std::string encode_error(std::string_view message);

}  // namespace rehearse::wire::runway
