#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"
#include "harness/wire/aspect_ratio.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/image.hpp"

// Stability's pictures: POST {base}/v2beta/stable-image/generate/{core|ultra|sd3}, multipart; and
// the older POST {base}/v1/generation/{engine}/text-to-image, JSON.
namespace rehearse::wire::stability {

inline constexpr std::string_view kGenerateFolder = "/v2beta/stable-image/generate/";
inline constexpr std::string_view kEngineFolder = "/v1/generation/";
inline constexpr std::string_view kTextToImage = "/text-to-image";

// What a request asks, besides the picture itself.
struct PictureRequest {
  ImageRequest image;          // its model is the one of path or form
  std::string format = "png";  // "jpeg", "webp": as asked
  bool json = false;           // base64 inside JSON, else the bytes alone
  std::uint64_t seed = 0;      // 0: the provider's choice
  std::int64_t steps = 0;      // of the older form; 0: the provider's choice
  bool engine = false;         // the older form
  bool operator==(const PictureRequest&) const = default;
};

std::span<const Shape> shapes(std::string_view model);

// sd3 models go to …/sd3 by name, core and ultra to their own, any other to the older form.
Request encode_picture_request(const PictureRequest& request);
// The same with what somebody wrote by hand, a JSON object: the fields of a form (prompt,
// aspect_ratio, style_preset, …), or the whole body of the older form.
Result<Request> complete_picture_request(std::string_view own, PictureRequest request);
// `path` is that below the base, without its query. Errors: a form or body that cannot be drawn;
// nothing where the path is none of the two.
std::optional<Result<PictureRequest>> decode_picture_request(const Request& request,
                                                             std::string_view path);

struct Drawn {
  Picture picture;
  std::string content_type = "image/png";
  std::uint64_t seed = 0;
  bool filtered = false;
};
// One picture; of the older form as many as there are.
Response encode_pictures(const std::vector<Drawn>& pictures, const PictureRequest& request);
// Reads all three forms.
Result<ImageReply> decode_pictures(const Response& response);

// {"id", "name", "errors": […]}; of the older form {"id", "name", "message"}.
std::string encode_error(const ApiError& error, bool engine);
// Never fails: a body of another form becomes a message of at most 200 characters.
ApiError decode_error(int status, std::string_view body);
// "bad_request" of 400, "rate_limit_exceeded" of 429, …
std::string_view error_name(int status);

}  // namespace rehearse::wire::stability
