#include "harness/wire/multipart.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire {
namespace {

// Names and file names: quotes and line breaks as browsers escape them.
std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c == '"' ? "%22" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : std::string(1, c);
  }
  return out + "\"";
}

std::string unquoted_name(std::string text) {
  const std::pair<std::string_view, char> escapes[] = {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
  for (const auto& [escape, character] : escapes) {
    for (std::size_t at = text.find(escape); at != std::string::npos;
         at = text.find(escape, at + 1)) {
      text.replace(at, escape.size(), 1, character);
    }
  }
  return text;
}

// The value of `name="…"` or `name=…` among the parameters of a header.
std::string parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos && at < header.size()) {
    const std::size_t equals = header.find('=', at);
    if (equals == std::string_view::npos) {
      return {};
    }
    const std::string_view key = trimmed(header.substr(at + 1, equals - at - 1));
    std::string_view rest = header.substr(equals + 1);
    std::size_t end = 0;
    std::string value;
    if (rest.starts_with('"')) {
      for (end = 1; end < rest.size() && rest[end] != '"'; ++end) {
        end += rest[end] == '\\' && end + 1 < rest.size() && rest[end + 1] == '"' ? 1U : 0U;
        value += rest[end];
      }
      end = std::min(rest.find(';', std::min(end, rest.size())), rest.size());
    } else {
      end = std::min(rest.find(';'), rest.size());
      value = trimmed(rest.substr(0, end));
    }
    if (equal_without_case(key, name)) {
      return value;
    }
    at = equals + 1 + end;
  }
  return {};
}

Part part_of_head(std::string_view head) {
  Part part;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_without_case(line.substr(0, colon), "content-disposition")) {
      part.name = unquoted_name(parameter(value, "name"));
      part.file_name = unquoted_name(parameter(value, "filename"));
    } else if (equal_without_case(line.substr(0, colon), "content-type")) {
      part.content_type = value;
    }
  }
  return part;
}

}  // namespace

std::string multipart_type(std::string_view boundary) {
  return "multipart/form-data; boundary=" + std::string(boundary);
}

std::string make_boundary(const std::vector<Part>& parts) {
  for (std::uint64_t n = 1;; ++n) {
    const std::string boundary = "rehearse-boundary-" + std::to_string(mix64(n));
    const bool clash = std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
      return part.body.find(boundary) != std::string::npos;
    });
    if (!clash) {
      return boundary;
    }
  }
}

std::string encode_multipart(const std::vector<Part>& parts, std::string_view boundary) {
  std::size_t bytes = 64;
  for (const Part& part : parts) {
    bytes += part.body.size() + part.name.size() + part.file_name.size() + 256;
  }
  std::string out;
  out.reserve(bytes);
  for (const Part& part : parts) {
    out.append("--").append(boundary).append("\r\ncontent-disposition: form-data; name=");
    out += quoted_name(part.name);
    if (!part.file_name.empty()) {
      out += "; filename=" + quoted_name(part.file_name);
    }
    if (!part.content_type.empty()) {
      out += "\r\ncontent-type: " + part.content_type;
    }
    out.append("\r\n\r\n").append(part.body).append("\r\n");
  }
  return out.append("--").append(boundary).append("--\r\n");
}

Result<std::string> boundary_of(std::string_view content_type) {
  const std::string boundary = parameter(content_type, "boundary");
  if (!media_type(content_type).starts_with("multipart/") || boundary.empty() ||
      boundary.size() > 200) {
    return Error{"content-type", "expected multipart/form-data with a boundary, found " +
                                     quoted_excerpt(content_type)};
  }
  return boundary;
}

MultipartDecoder::MultipartDecoder(std::string_view boundary)
    : MultipartDecoder(boundary, Limits()) {}

MultipartDecoder::MultipartDecoder(std::string_view boundary, const Limits& limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits), pending_("\r\n") {}

Status MultipartDecoder::fail(std::string what) {
  errors_.push_back({"multipart body", std::move(what)});
  return errors_;
}

Status MultipartDecoder::take(std::string_view bytes) {
  if (preamble_) {
    return Done{};
  }
  total_ += bytes.size();
  if (total_ > limits_.bytes) {
    return fail("expected at most " + std::to_string(limits_.bytes) + " bytes, found more");
  }
  parts_.back().body += bytes;
  return Done{};
}

Status MultipartDecoder::body_step(std::size_t& at, bool& more) {
  const std::size_t found = pending_.find(delimiter_, at);
  const std::size_t keep = delimiter_.size() - 1;
  const std::size_t left = pending_.size() - at;
  const std::size_t count = found != std::string::npos ? found - at : left - std::min(left, keep);
  Status taken = take(std::string_view(pending_).substr(at, count));
  at += count;
  more = found != std::string::npos;
  if (more) {
    at += delimiter_.size();
    preamble_ = false;
    state_ = State::AfterBoundary;
  }
  return taken;
}

Status MultipartDecoder::head_step(std::size_t& at, bool& more) {
  // A head without any field is its blank line alone.
  const std::size_t end = pending_.compare(at, 2, "\r\n") == 0 ? at : pending_.find("\r\n\r\n", at);
  if (end == std::string::npos || end - at > limits_.header_bytes) {
    more = false;
    // A head at the limit may still lack up to three bytes of its blank line.
    return pending_.size() - at > limits_.header_bytes + 3
               ? fail("expected part headers of at most " + std::to_string(limits_.header_bytes) +
                      " bytes, found more")
               : Status(Done{});
  }
  if (parts_.size() == limits_.parts) {
    return fail("expected at most " + std::to_string(limits_.parts) + " parts, found more");
  }
  parts_.push_back(part_of_head(std::string_view(pending_).substr(at, end - at)));
  at = end + (end == at ? 2 : 4);
  state_ = State::Body;
  return Done{};
}

Status MultipartDecoder::step(std::size_t& at, bool& more) {
  switch (state_) {
    case State::Body:
      return body_step(at, more);
    case State::Head:
      return head_step(at, more);
    case State::End:
      at = pending_.size();  // an epilogue means nothing
      more = false;
      return Done{};
    case State::AfterBoundary:
      break;
  }
  // Blanks may follow a boundary; then a line end, or "--" for the last one.
  std::size_t end = at;
  while (end < pending_.size() && (pending_[end] == ' ' || pending_[end] == '\t')) {
    ++end;
  }
  if (end - at > limits_.header_bytes) {
    return fail("expected a line end after a boundary, found blanks");
  }
  if (pending_.size() - end < 2) {
    more = false;
    return Done{};
  }
  const std::string_view next = std::string_view(pending_).substr(end, 2);
  if (next != "\r\n" && next != "--") {
    return fail("expected a line end or \"--\" after a boundary, found " + quoted_excerpt(next));
  }
  state_ = next == "--" ? State::End : State::Head;
  at = end + 2;
  return Done{};
}

Status MultipartDecoder::feed(std::string_view bytes) {
  if (!errors_.empty()) {
    return errors_;
  }
  pending_ += bytes;
  std::size_t at = 0;
  for (bool more = true; more;) {
    if (Status stepped = step(at, more); !stepped) {
      return stepped;
    }
  }
  pending_.erase(0, at);
  return Done{};
}

Result<std::vector<Part>> MultipartDecoder::finish() {
  if (!errors_.empty()) {
    return errors_;
  }
  if (state_ != State::End) {
    return Error{"multipart body", "expected the closing boundary, found the end of the body"};
  }
  return std::move(parts_);
}

}  // namespace rehearse::wire
