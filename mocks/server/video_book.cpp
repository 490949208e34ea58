#include "mocks/server/video_book.hpp"

#include <algorithm>

#include "harness/wire/openai_error.hpp"

namespace rehearse::server {

VideoBook::Entry& VideoBook::keep(Entry entry) {
  if (entries_.size() >= kMost) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  return *entries_.back();
}

VideoBook::Entry* VideoBook::find(std::string_view id) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [id](const auto& entry) { return entry->video.id == id; });
  return found == entries_.end() ? nullptr : found->get();
}

bool VideoBook::forget(std::string_view id) {
  return std::erase_if(entries_, [id](const auto& entry) { return entry->video.id == id; }) > 0;
}

std::vector<const VideoBook::Entry*> VideoBook::list(std::string_view after, std::size_t limit,
                                                     bool& more) const {
  std::vector<const Entry*> out;
  more = false;
  bool past = after.empty();
  for (auto it = entries_.rbegin(); it != entries_.rend(); ++it) {
    if (past && out.size() == limit) {
      more = true;
      break;
    }
    if (past) {
      out.push_back(it->get());
    }
    past = past || (*it)->video.id == after;
  }
  return out;
}

wire::openai::Video video_now(const VideoBook::Entry& entry, Instant now) {
  constexpr std::int64_t kKept = 86'400;  // seconds that a video can be fetched
  constexpr std::int64_t kAlmost = 99;
  wire::openai::Video video = entry.video;
  switch (entry.job->state()) {
    case DeferredCall::State::Queued:
      break;
    case DeferredCall::State::Running:
      video.status = "in_progress";
      video.progress =
          std::min(static_cast<std::int64_t>(entry.job->done_share(now) * 100), kAlmost);
      break;
    case DeferredCall::State::Done:
      video.status = "completed";
      video.progress = 100;
      video.completed_s = video.created_s + entry.job->took_s();
      video.expires_s = *video.completed_s + kKept;
      break;
    case DeferredCall::State::Failed: {
      const auto& answer = entry.job->answer();
      const wire::ApiError error =
          answer ? wire::openai::decode_error(answer->status, answer->body) : wire::ApiError();
      video.status = "failed";
      video.error_code = error.code.value_or("server_error");
      video.error_message = error.message.empty() ? "The video could not be made." : error.message;
      break;
    }
  }
  return video;
}

}  // namespace rehearse::server
