#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/http_message.hpp"

// OpenAI videos, jobs: POST {base}/videos, then GET, DELETE, …/content and …/remix below it.
namespace rehearse::wire::openai {

inline constexpr std::string_view kVideosPath = "/videos";

struct VideoRequest {
  std::string model = "sora-2";
  std::string prompt;
  std::int64_t seconds = 4;
  std::string size = "720x1280";
  bool operator==(const VideoRequest&) const = default;
};
std::string encode_video_request(const VideoRequest& request);
// JSON or multipart; seconds are 4, 8 or 12, as a text or a number.
Result<VideoRequest> decode_video_request(const Request& request);
// Of a remix: {"prompt"}.
Result<std::string> decode_remix_request(const Request& request);

struct Video {
  std::string id;
  VideoRequest asked;
  std::string status = "queued";  // then in_progress, completed or failed
  std::int64_t progress = 0;      // per cent
  std::int64_t created_s = 0;
  std::optional<std::int64_t> completed_s;
  std::optional<std::int64_t> expires_s;
  std::optional<std::string> remixed_from;
  std::string error_code;  // with failed
  std::string error_message;
  bool operator==(const Video&) const = default;
};
std::string encode_video(const Video& video);
Result<Video> decode_video(std::string_view body);
std::string encode_videos(const std::vector<Video>& videos, bool has_more);
std::string encode_deleted_video(std::string_view id);

}  // namespace rehearse::wire::openai
