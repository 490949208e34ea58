#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"
#include "harness/wire/image.hpp"

// Gemini videos (Veo), long-running operations: POST …/models/{model}:predictLongRunning, then GET
// {version}/{name} until it is done, then the file at its URI.
namespace rehearse::wire::gemini {

inline constexpr std::string_view kPredictLongRunning = "predictLongRunning";

struct VideoRequest {
  std::string model;
  std::string prompt;
  std::int64_t seconds = 8;  // 4 to 8
  std::string ratio = "16:9";
  std::string resolution = "720p";
  std::int64_t count = 1;
  bool operator==(const VideoRequest&) const = default;
};
std::string encode_video_request(const VideoRequest& request);
// `model` is that of the path.
Result<VideoRequest> decode_video_request(std::string_view body, std::string_view model);
// 1280x720 of 16:9 at 720p.
ImageSize video_size(const VideoRequest& request);

struct VideoOperation {
  std::string name;  // "models/veo-3.0-generate-001/operations/…"
  bool done = false;
  std::vector<std::string> uris;  // once it is done, where nothing failed
  std::optional<ApiError> error;
  bool operator==(const VideoOperation&) const = default;
};
std::string encode_operation(const VideoOperation& operation);
Result<VideoOperation> decode_operation(std::string_view body);

// The id at the end of "/v1beta/models/M/operations/ID"; nothing where it is no such path.
std::optional<std::string> parse_operation_path(std::string_view path);
// The id in "/v1beta/files/ID:download". The SDK puts the whole URI of a file that is not at an
// https: address there.
std::optional<std::string> parse_download_path(std::string_view path);

}  // namespace rehearse::wire::gemini
