#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/openai_video.hpp"
#include "mocks/server/deferred_call.hpp"

namespace rehearse::server {

// The videos that a provider makes or has made, oldest first, the oldest forgotten past kMost. Used
// by the server's own thread alone.
class VideoBook {
 public:
  static constexpr std::size_t kMost = 1'000;

  struct Entry {
    wire::openai::Video video;  // as asked; see now()
    std::uint64_t content = 0;
    std::unique_ptr<DeferredCall> job;
  };
  Entry& keep(Entry entry);
  Entry* find(std::string_view id);
  bool forget(std::string_view id);
  // The newest first, at most `limit` of those that come after `after` (empty: from the first); and
  // whether there are more.
  std::vector<const Entry*> list(std::string_view after, std::size_t limit, bool& more) const;

 private:
  std::vector<std::unique_ptr<Entry>> entries_;
};

// The video as it stands at that instant.
wire::openai::Video video_now(const VideoBook::Entry& entry, Instant now);

}  // namespace rehearse::server
