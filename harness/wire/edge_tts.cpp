#include "harness/wire/edge_tts.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire::edge_tts {
namespace {

constexpr std::string_view kEnd = "\r\n";

// Reads "Key:Value" lines up to an empty one (or the end); returns what follows.
template <typename Take>
std::string_view read_lines(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(kEnd), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    if (line.empty()) {
      break;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      take(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
  }
  return text;
}

bool yes(const json::Value* value) {
  return value != nullptr && ((value->is_bool() && value->as_bool()) ||
                              (value->is_string() && value->as_string() == "true"));
}

// 100-nanosecond ticks.
std::int64_t ticks(Duration time) { return time.count_ns() / 100; }

}  // namespace

std::string encode_text(const TextMessage& message) {
  std::string out;
  if (!message.request_id.empty()) {
    out += "X-RequestId:" + message.request_id + "\r\n";
  }
  if (!message.content_type.empty()) {
    out += "Content-Type:" + message.content_type + "\r\n";
  }
  return out + "Path:" + message.path + "\r\n\r\n" + message.body;
}

Result<TextMessage> decode_text(std::string_view message) {
  TextMessage out;
  out.body = read_lines(message, [&out](std::string_view key, std::string_view value) {
    if (equal_without_case(key, "Path")) {
      out.path = value;
    } else if (equal_without_case(key, "X-RequestId")) {
      out.request_id = value;
    } else if (equal_without_case(key, "Content-Type")) {
      out.content_type = value;
    }
  });
  if (out.path.empty()) {
    return Error{"Path", "expected a line that says what the message is"};
  }
  return out;
}

std::string encode_audio(const AudioMessage& message) {
  const std::string head = "X-RequestId:" + message.request_id +
                           "\r\nContent-Type:" + message.content_type + "\r\nPath:audio\r\n";
  std::string out;
  out += static_cast<char>(head.size() >> 8 & 0xFF);
  out += static_cast<char>(head.size() & 0xFF);
  return out + head + message.audio;
}

Result<AudioMessage> decode_audio(std::string_view message) {
  if (message.size() < 2) {
    return Error{"audio", "expected the length of a header"};
  }
  const std::size_t size = static_cast<std::size_t>(static_cast<std::uint8_t>(message[0])) << 8 |
                           static_cast<std::uint8_t>(message[1]);
  if (message.size() - 2 < size) {
    return Error{"audio", "expected a header of the announced length"};
  }
  AudioMessage out;
  std::string path;
  read_lines(message.substr(2, size), [&](std::string_view key, std::string_view value) {
    if (equal_without_case(key, "Path")) {
      path = value;
    } else if (equal_without_case(key, "X-RequestId")) {
      out.request_id = value;
    } else if (equal_without_case(key, "Content-Type")) {
      out.content_type = value;
    }
  });
  if (path != "audio") {
    return Error{"Path", "expected audio"};
  }
  out.audio = message.substr(2 + size);
  return out;
}

Result<Config> decode_config(std::string_view body) {
  const auto value = parse_body(body);
  if (!value) {
    return value.errors();
  }
  const json::Value* audio = json::pointer_find(*value, "/context/synthesis/audio");
  if (audio == nullptr || !audio->is_object()) {
    return Error{"/context/synthesis/audio", "expected an object: how the audio comes"};
  }
  Config out;
  if (const json::Value* format = audio->find("outputFormat");
      format != nullptr && format->is_string()) {
    out.format = format->as_string();
  }
  if (const json::Value* options = audio->find("metadataoptions")) {
    out.word_boundaries = yes(options->find("wordBoundaryEnabled"));
    out.sentence_boundaries = yes(options->find("sentenceBoundaryEnabled"));
  }
  return out;
}

std::string encode_config(const Config& config) {
  const auto text = [](bool on) { return json::Value(on ? "true" : "false"); };
  return json::dump(object_of(
      {{"context",
        object_of({{"synthesis",
                    object_of({{"audio", object_of({{"metadataoptions",
                                                     object_of({{"sentenceBoundaryEnabled",
                                                                 text(config.sentence_boundaries)},
                                                                {"wordBoundaryEnabled",
                                                                 text(config.word_boundaries)}})},
                                                    {"outputFormat", config.format}})}})}})}}));
}

std::string spoken_text(std::string_view ssml) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  const auto add = [&out](char c) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank || (!out.empty() && out.back() != ' ')) {
      out += blank ? ' ' : c;
    }
  };
  for (std::size_t at = 0; at < ssml.size();) {
    if (ssml[at] == '<') {
      const std::size_t end = ssml.find('>', at);
      at = end == std::string_view::npos ? ssml.size() : end + 1;
      continue;
    }
    std::size_t used = 1;
    char c = ssml[at];
    for (const auto& [entity, read] : kEntities) {
      if (ssml.substr(at, entity.size()) == entity) {
        c = read;
        used = entity.size();
      }
    }
    add(c);
    at += used;
  }
  if (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

std::string encode_boundary(const Boundary& b) {
  const char* type = b.sentence ? "SentenceBoundary" : "WordBoundary";
  json::Value one = object_of(
      {{"Type", type},
       {"Data", object_of({{"Offset", ticks(b.offset)},
                           {"Duration", ticks(b.length)},
                           {"text", object_of({{"Text", b.text},
                                               {"Length", static_cast<std::int64_t>(b.text.size())},
                                               {"BoundaryType", type}})}})}});
  return json::dump(
      object_of({{"Metadata", json::Value(std::vector<json::Value>{std::move(one)})}}));
}

}  // namespace rehearse::wire::edge_tts
