#include "harness/wire/call_observer.hpp"

#include <algorithm>
#include <array>

#include "harness/json/read.hpp"
#include "harness/wire/multipart.hpp"

namespace rehearse::wire {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kKeyLength = 20;  // a segment this long with digits and letters may be a key

struct PathRule {
  std::string_view part;
  std::string_view operation;
};
// The first that occurs in a path wins.
constexpr std::array<PathRule, 20> kPaths = {{{"/chat/completions", "chat"},
                                              {"/count_tokens", "count_tokens"},
                                              {"/messages", "chat"},
                                              {"/responses", "responses"},
                                              {":generateContent", "chat"},
                                              {":streamGenerateContent", "chat"},
                                              {":embedContent", "embedding"},
                                              {":batchEmbedContents", "embedding"},
                                              {"/embeddings", "embedding"},
                                              {"/api/embed", "embedding"},
                                              {"/api/chat", "chat"},
                                              {"/api/generate", "chat"},
                                              {"/completions", "chat"},
                                              {"/images/generations", "image"},
                                              {"/images/edits", "image"},
                                              {"/stable-image/", "image"},
                                              {"/audio/speech", "speech"},
                                              {"/audio/transcriptions", "transcription"},
                                              {"/audio/translations", "transcription"},
                                              {"/predictions", "predictions"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Names of models and files are long and have digits too, but words in them are apart.
bool may_be_key(std::string_view segment) {
  std::size_t run = 0;
  std::size_t longest = 0;
  bool digits = false;
  bool letters = false;
  for (const char c : segment) {
    run = is_digit(c) || is_letter(c) || c == '_' ? run + 1 : 0;
    longest = std::max(longest, run);
    digits = digits || is_digit(c);
    letters = letters || is_letter(c);
  }
  const bool has_secret_sign = segment.find(':') != std::string_view::npos && longest > 30;
  return (longest >= kKeyLength && digits && letters) || segment.size() > 64 || has_secret_sign ||
         segment.substr(0, 3) == "sk-" || (segment.substr(0, 3) == "bot" && digits);
}

bool is_id(std::string_view segment) {
  return segment == "*" || std::count_if(segment.begin(), segment.end(), is_digit) > 3 ||
         segment.size() > 40;
}

std::string text_of(const json::Value& value, std::string_view key) {
  const json::Value* member = value.find(key);
  return member != nullptr && member->is_string() && member->as_string().size() <= kLongestName
             ? member->as_string()
             : std::string();
}

std::int64_t count_of(const json::Value& value, std::string_view key, std::int64_t otherwise = 0) {
  const json::Value* member = value.find(key);
  return member != nullptr && member->is_integer() && member->as_integer() >= 0
             ? member->as_integer()
             : otherwise;
}

std::int64_t first_count(const json::Value& value, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const std::int64_t count = count_of(value, key, -1);
    if (count >= 0) {
      return count;
    }
  }
  return -1;
}

Result<json::Value> read(std::string_view text) {
  json::Limits limits;
  limits.comments = false;
  limits.duplicate_keys = true;
  return json::parse(text, "", limits);
}

const json::Value* first_item(const json::Value* value) {
  return value != nullptr && value->is_array() && !value->items().empty() ? &value->items().front()
                                                                          : nullptr;
}

bool is_filled(const json::Value* value) {
  if (value == nullptr) {
    return false;
  }
  return (value->is_string() && !value->as_string().empty()) ||
         (value->is_array() && !value->items().empty());
}

bool any_filled(const json::Value* value, std::initializer_list<std::string_view> keys) {
  return value != nullptr && std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
           return is_filled(value->find(key));
         });
}

// Whether a stream's event brings the user something.
bool has_content(const json::Value& event) {
  if (const json::Value* choice = first_item(event.find("choices"))) {
    return any_filled(choice->find("delta"),
                      {"content", "tool_calls", "reasoning_content", "reasoning", "refusal"}) ||
           any_filled(choice, {"text"});
  }
  const std::string type = text_of(event, "type");
  if (type == "content_block_delta") {
    return any_filled(event.find("delta"), {"text", "partial_json", "thinking"});
  }
  if (type.find(".delta") != std::string::npos || type.find("partial_image") != std::string::npos) {
    return true;
  }
  if (const json::Value* candidate = first_item(event.find("candidates"))) {
    const json::Value* content = candidate->find("content");
    return content != nullptr && is_filled(content->find("parts"));
  }
  return any_filled(event.find("message"), {"content", "tool_calls", "thinking"}) ||
         any_filled(&event, {"response", "thinking"});
}

// In the words of OpenAI, Anthropic, Gemini and Ollama; later events complete earlier ones.
void take_usage(const json::Value& object, ObservedCall& call) {
  const auto take = [&call](std::int64_t count, std::int64_t Usage::* member) {
    if (count >= 0) {
      call.usage_known = true;
      call.usage.*member = std::max(call.usage.*member, count);
    }
  };
  const std::int64_t input = first_count(
      object, {"prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count"});
  // Anthropic counts what came from or went into its cache beside the input.
  take(input < 0 ? input
                 : input + count_of(object, "cache_read_input_tokens") +
                       count_of(object, "cache_creation_input_tokens"),
       &Usage::input_tokens);
  take(first_count(object,
                   {"completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count"}),
       &Usage::output_tokens);
  take(first_count(object, {"cache_read_input_tokens", "cachedContentTokenCount"}),
       &Usage::cached_tokens);
  for (const std::string_view key : {"prompt_tokens_details", "input_tokens_details"}) {
    if (const json::Value* details = object.find(key)) {
      take(count_of(*details, "cached_tokens", -1), &Usage::cached_tokens);
    }
  }
}

void take_all_usage(const json::Value& event, ObservedCall& call) {
  for (const std::string_view key : {"usage", "usageMetadata"}) {
    if (const json::Value* usage = event.find(key)) {
      take_usage(*usage, call);
    }
  }
  for (const std::string_view key : {"message", "response"}) {  // Anthropic; OpenAI responses
    const json::Value* inner = event.find(key);
    const json::Value* usage = inner == nullptr ? nullptr : inner->find("usage");
    if (usage != nullptr) {
      take_usage(*usage, call);
    }
  }
  if (event.find("eval_count") != nullptr || event.find("prompt_eval_count") != nullptr) {
    take_usage(event, call);
  }
}

void keep(std::string& into, std::string_view bytes, bool& whole) {
  const std::size_t room = CallObserver::kMostKept - into.size();
  into.append(bytes.substr(0, room));
  whole = whole && bytes.size() <= room;
}

}  // namespace

std::string shown_path(std::string_view target) {
  const std::string_view path = path_of(target);
  std::string out;
  std::size_t at = 0;
  while (at < path.size() && out.size() < 1000) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at, end - at);
    const std::string_view word = segment.substr(segment[0] == '/' ? 1 : 0);
    if (may_be_key(word)) {
      out += segment[0] == '/' ? "/*" : "*";
    } else {
      out += segment;
    }
    at = end;
  }
  return out;
}

std::string operation_of(std::string_view path) {
  for (const PathRule& rule : kPaths) {
    if (path.find(rule.part) != std::string_view::npos) {
      return std::string(rule.operation);
    }
  }
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view word = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (!word.empty() && !is_id(word)) {
      return std::string(word);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  return "root";
}

void CallObserver::request_head(std::string_view method, std::string_view target,
                                const Headers& headers) {
  call_.path = shown_path(target);
  call_.operation = operation_of(call_.path);
  request_type_ = std::string(headers.get("content-type"));
  call_.stream = call_.path.find(":streamGenerateContent") != std::string::npos;
  // Gemini and Azure say the model in the path.
  for (const std::string_view before : {"/models/", "/deployments/"}) {
    const std::size_t at = call_.path.find(before);
    if (at != std::string::npos) {
      const std::size_t start = at + before.size();
      const std::size_t end = call_.path.find_first_of(":/", start);
      call_.model = call_.path.substr(start, end == std::string::npos ? end : end - start);
    }
  }
  if (method == "GET" && call_.operation == "chat") {
    call_.operation = "get_chat";
  }
}

void CallObserver::request_body(std::string_view bytes) { keep(request_, bytes, request_whole_); }

void CallObserver::request_end() {
  if (media_type(request_type_) == "multipart/form-data") {
    read_form();
  } else if (request_whole_ && !request_.empty()) {
    read_request(request_);
  }
  request_.clear();
  request_.shrink_to_fit();
}

void CallObserver::read_request(std::string_view body) {
  const Result<json::Value> value = read(body);
  if (!value || !value->is_object()) {
    return;
  }
  const std::string model = text_of(*value, "model");
  call_.model = model.empty() ? call_.model : model;
  call_.size = text_of(*value, "size");
  call_.quality = text_of(*value, "quality");
  call_.n = std::max<std::int64_t>(count_of(*value, "n", 1), 1);
  call_.max_tokens = std::max<std::int64_t>(
      first_count(*value, {"max_completion_tokens", "max_tokens", "max_output_tokens"}), 0);
  const json::Value* stream = value->find("stream");
  const bool ollama = call_.path.find("/api/chat") != std::string::npos ||
                      call_.path.find("/api/generate") != std::string::npos;
  call_.stream =
      call_.stream || (stream == nullptr ? ollama : stream->is_bool() && stream->as_bool());
  const json::Value* nested = value->find("input");
  const json::Value& parameters = nested != nullptr && nested->is_object() ? *nested : *value;
  call_.steps =
      std::max<std::int64_t>(first_count(parameters, {"steps", "num_inference_steps"}), 0);
  if (call_.operation == "speech" && value->find("input") != nullptr &&
      value->find("input")->is_string()) {
    call_.usage.characters = static_cast<std::int64_t>(value->find("input")->as_string().size());
  }
}

void CallObserver::read_form() {
  const Result<std::string> boundary = boundary_of(request_type_);
  if (!boundary) {
    return;
  }
  MultipartDecoder decoder(*boundary);
  if (!decoder.feed(request_)) {
    return;
  }
  const Result<std::vector<Part>> parts = decoder.finish();
  if (!parts) {
    return;
  }
  for (const Part& part : *parts) {
    const bool short_text = part.file_name.empty() && part.body.size() <= kLongestName;
    if (short_text && part.name == "model") {
      call_.model = part.body;
    } else if (short_text && part.name == "size") {
      call_.size = part.body;
    } else if (short_text && part.name == "quality") {
      call_.quality = part.body;
    }
  }
}

void CallObserver::response_head(int, const Headers& headers) {
  const std::string type = media_type(headers.get("content-type"));
  framing_ = type == "text/event-stream"      ? Framing::Sse
             : type == "application/x-ndjson" ? Framing::Lines
                                              : Framing::Whole;
  call_.stream = call_.stream || framing_ != Framing::Whole;
}

// Whether the piece has content.
bool CallObserver::read_piece(std::string_view text) {
  if (text == "[DONE]") {
    return false;
  }
  const Result<json::Value> event = read(text);
  if (!event || !event->is_object()) {
    return true;  // of a stream in a manner of its own
  }
  take_all_usage(*event, call_);
  return has_content(*event);
}

std::uint32_t CallObserver::response_body(std::string_view bytes) {
  if (framing_ == Framing::Whole || broken_) {
    keep(response_, bytes, response_whole_);
    return bytes.empty() ? 0 : 1;
  }
  std::uint32_t contents = 0;
  if (framing_ == Framing::Sse) {
    events_.clear();
    broken_ = !sse_.feed(bytes, events_);
    for (const SseEvent& event : events_) {
      contents += read_piece(event.data) ? 1U : 0U;
    }
  } else {
    texts_.clear();
    broken_ = !lines_.feed(bytes, texts_);
    for (const std::string& line : texts_) {
      contents += read_piece(line) ? 1U : 0U;
    }
  }
  return contents;
}

void CallObserver::response_end() {
  if (framing_ == Framing::Whole && response_whole_ && !response_.empty() &&
      (response_.front() == '{' || response_.front() == '[')) {
    const Result<json::Value> value = read(response_);
    if (value && value->is_object()) {
      take_all_usage(*value, call_);
    }
  }
  if (call_.operation == "image") {
    call_.usage.images = call_.n;
  }
  response_.clear();
  response_.shrink_to_fit();
}

}  // namespace rehearse::wire
