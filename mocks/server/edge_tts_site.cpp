#include <openssl/evp.h>

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/edge_tts.hpp"
#include "harness/wire/websocket.hpp"
#include "mocks/script/audio.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/site.hpp"

namespace rehearse::server {
namespace {

namespace edge = wire::edge_tts;
namespace websocket = wire::websocket;
using websocket::Opcode;

constexpr std::size_t kMostText = 64u << 10;
constexpr std::size_t kMostWaiting = 64;  // turns that a client sent ahead

// What a handshake is answered with (RFC 6455, 4.2.2).
std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  return wire::encode_base64({reinterpret_cast<const char*>(digest), size});
}

std::string text_frame(edge::TextMessage message) {
  return websocket::encode({Opcode::Text, edge::encode_text(message)});
}

std::string message_of(const std::string& id, std::string path, std::string body) {
  return text_frame({std::move(path), id, "application/json; charset=utf-8", std::move(body)});
}

struct Turn {
  std::string id;
  std::string text;
  edge::Config config;
};

// The audio of one turn in binary messages, with the words that each holds before it.
class EdgeScript final : public Script {
 public:
  explicit EdgeScript(Turn turn) : turn_(std::move(turn)) {}

  wire::Response whole(const latency::Plan& plan) override {
    std::string body = piece(plan, 0, plan.usage.characters);
    return {200, {}, body + ending(plan)};
  }
  std::string_view stream_type() const override { return "websocket"; }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    const std::int64_t all = std::max<std::int64_t>(plan.usage.characters, 1);
    if (from == 0) {
      seconds_ = script::speech_seconds(turn_.text.size(), 1);
      auto made = script::make_audio({wire::AudioFormat::Mp3, seconds_, content});
      audio_ = made ? std::move(*made) : std::string();
    }
    std::string out = words(to * static_cast<std::int64_t>(turn_.text.size()) / all, to >= all);
    const auto begin = place(from, all);
    const auto end = place(to, all);
    if (end > begin) {
      out += websocket::encode(
          {Opcode::Binary,
           edge::encode_audio({turn_.id, "audio/mpeg", audio_.substr(begin, end - begin)})});
    }
    return out;
  }
  std::string ending(const latency::Plan&) override {
    return message_of(turn_.id, "turn.end", "{}");
  }

 private:
  std::size_t place(std::int64_t characters, std::int64_t all) const {
    return static_cast<std::size_t>(static_cast<double>(audio_.size()) *
                                    (static_cast<double>(characters) / static_cast<double>(all)));
  }
  // The boundaries of the words that begin before that character.
  std::string words(std::int64_t until, bool last) {
    std::string out;
    const std::string& text = turn_.text;
    while (turn_.config.word_boundaries && word_ < text.size() &&
           (last || static_cast<std::int64_t>(word_) < until)) {
      const std::size_t end = std::min(text.find(' ', word_), text.size());
      const double each = seconds_ / static_cast<double>(text.size());
      const edge::Boundary boundary{Duration::from_seconds(each * static_cast<double>(word_)),
                                    Duration::from_seconds(each * static_cast<double>(end - word_)),
                                    text.substr(word_, end - word_), false};
      out += message_of(turn_.id, "audio.metadata", edge::encode_boundary(boundary));
      word_ = end + 1;
    }
    return out;
  }

  Turn turn_;
  double seconds_ = 0;
  std::string audio_;
  std::size_t word_ = 0;
};

// One client's connection after its handshake: one turn after the other.
class EdgeSession final : public Exchange, public RawReader, Connection {
 public:
  EdgeSession(House& house, Provider& provider, const SiteVisit& visit)
      : house_(house), provider_(provider), client_(visit.connection), number_(visit.number) {}

  void received(std::string_view bytes) override {
    std::vector<websocket::Message> messages;
    const Status read = parser_.feed(bytes, messages);
    for (const websocket::Message& message : messages) {
      if (!closed_) {
        take(message);
      }
    }
    if (!read && !closed_) {
      hang_up(1002, read.error().what);
    }
  }

 private:
  void take(const websocket::Message& message) {
    switch (message.opcode) {
      case Opcode::Ping:
        client_.write(websocket::encode({Opcode::Pong, message.payload}));
        return;
      case Opcode::Close:
        closed_ = true;
        client_.write(websocket::encode({Opcode::Close, message.payload}));
        client_.end();
        return;
      case Opcode::Text:
        break;
      default:
        return;
    }
    const auto text = edge::decode_text(message.payload);
    if (!text) {
      hang_up(1007, text.error().text());
    } else if (text->path == "speech.config") {
      const auto config = edge::decode_config(text->body);
      config ? void(config_ = *config) : hang_up(1007, config.error().text());
    } else if (text->path == "ssml" && waiting_.size() >= kMostWaiting) {
      hang_up(1008, "Too many texts at once");
    } else if (text->path == "ssml") {
      waiting_.push_back({text->request_id, edge::spoken_text(text->body), config_});
      next();
    }
  }
  void next() {
    if (closed_ || waiting_.empty() || (call_ && !call_->ended())) {
      return;
    }
    Turn turn = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    if (turn.config.format.find("mp3") == std::string::npos) {
      hang_up(1007, "Unsupported output format: this mock speaks mp3");
      return;
    }
    if (turn.text.empty() || turn.text.size() > kMostText) {
      hang_up(1007, "SSML must say between 1 and 65536 characters");
      return;
    }
    client_.write(message_of(turn.id, "turn.start", R"({"context":{"serviceTag":"rehearse"}})") +
                  message_of(turn.id, "response",
                             R"({"context":{"serviceTag":"rehearse"},"audio":{"type":"inline"}})"));
    Ask ask;
    ask.operation = "speech";
    ask.amounts.characters = static_cast<std::int64_t>(turn.text.size());
    ask.amounts.stream = true;
    const std::uint64_t said = script::content_key(house_.seed, turn.text);
    ask.script = std::make_unique<EdgeScript>(std::move(turn));
    Caller caller;
    caller.key = {house_.seed, 0, said, turns_++, 0, 0};
    caller.name = "edge-tts";
    ask.script->content = said;
    // Never from inside the call that it replaces: next() runs when bytes or a timer come in.
    call_ =
        std::make_unique<Call>(Call::Options{house_, provider_, *this, Protocol::Generic, number_},
                               std::move(caller), std::move(ask));
    call_->begin();
  }
  void hang_up(std::uint16_t code, std::string_view why) {
    closed_ = true;
    client_.write(websocket::encode_close(code, why));
    client_.end();
  }

  // What the call says goes on as frames.
  void send(wire::Response response) override {
    hang_up(1011, "HTTP " + std::to_string(response.status));
  }
  void begin(wire::Response) override {}
  void upgrade(wire::Response, RawReader&) override {}
  void write(std::string_view piece) override {
    turn_ended_ = piece.find("Path:turn.end") != std::string_view::npos;
    client_.write(piece);
  }
  void end() override {
    if (!turn_ended_) {  // cut short: a client would wait for ever
      hang_up(1011, "Internal server error");
      return;
    }
    if (waiting_.empty()) {
      return;
    }
    house_.transport.inject([self = self_] {
      if (*self != nullptr) {
        (*self)->next();
      }
    });
  }
  void cut() override {
    closed_ = true;
    client_.cut();
  }
  void reset() override {
    closed_ = true;
    client_.reset();
  }

 public:
  ~EdgeSession() override { *self_ = nullptr; }

 private:
  House& house_;
  Provider& provider_;
  Connection& client_;
  std::uint64_t number_;
  websocket::Parser parser_{websocket::Parser::From::Client};
  edge::Config config_;
  std::vector<Turn> waiting_;
  std::unique_ptr<Call> call_;
  std::uint32_t turns_ = 0;
  bool closed_ = false;
  bool turn_ended_ = false;
  std::shared_ptr<EdgeSession*> self_ = std::make_shared<EdgeSession*>(this);
};

constexpr std::string_view kVoices =
    R"json([{"Name":"Microsoft Server Speech Text to Speech Voice (en-US, AriaNeural)",)json"
    R"json("ShortName":"en-US-AriaNeural","Gender":"Female","Locale":"en-US",)json"
    R"json("SuggestedCodec":"audio-24khz-48kbitrate-mono-mp3",)json"
    R"json("FriendlyName":"Microsoft Aria Online (Natural)","Status":"GA"}])json";

class EdgeSite final : public Site {
 public:
  EdgeSite(House& house, Provider& provider) : house_(house), provider_(provider) {}

  std::optional<std::unique_ptr<Exchange>> serve(SiteVisit& visit) override {
    if (visit.path == edge::kVoicesPath) {
      visit.connection.send(wire::json_response(200, std::string(kVoices)));
      return nullptr;
    }
    if (visit.path != edge::kPath) {
      return std::nullopt;
    }
    const wire::Headers& headers = visit.request.headers;
    const std::string_view key = headers.get("sec-websocket-key");
    if (!wire::equal_without_case(headers.get("upgrade"), "websocket") || key.empty() ||
        headers.get("sec-websocket-version") != "13") {
      wire::Response refused{426, {{"sec-websocket-version", "13"}, {"upgrade", "websocket"}}, ""};
      visit.connection.send(std::move(refused));
      return nullptr;
    }
    if (wire::query_value(visit.request.target, "TrustedClientToken").empty()) {
      visit.connection.send({403, {}, ""});
      return nullptr;
    }
    auto session = std::make_unique<EdgeSession>(house_, provider_, visit);
    visit.connection.upgrade({101,
                              {{"upgrade", "websocket"},
                               {"connection", "Upgrade"},
                               {"sec-websocket-accept", accept_key(key)}},
                              ""},
                             *session);
    return session;
  }

 private:
  House& house_;
  Provider& provider_;
};

}  // namespace

std::unique_ptr<Site> make_edge_tts_site(House& house, Provider& provider) {
  return std::make_unique<EdgeSite>(house, provider);
}

}  // namespace rehearse::server
