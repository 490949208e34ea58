#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "harness/wire/openai_responses.hpp"
#include "mocks/server/deferred_call.hpp"

namespace rehearse::server {

// The responses that a provider keeps so that they can be asked for again, the oldest forgotten
// past kMost. Used by the server's own thread alone.
class ResponseBook {
 public:
  static constexpr std::size_t kMost = 10'000;

  struct Entry {
    wire::openai::ResponsesReply reply;  // as of now; of one in the background: as it began
    json::Value input_items;
    std::unique_ptr<DeferredCall> background;  // while it is not known how that ended
  };
  // Replaces what has that id.
  void keep(Entry entry);
  Entry* find(std::string_view id);
  bool forget(std::string_view id);

 private:
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<std::string> order_;
};

}  // namespace rehearse::server
