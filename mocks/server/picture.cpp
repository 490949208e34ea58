#include "mocks/server/picture.hpp"

#include <charconv>

namespace rehearse::server {
namespace {

constexpr std::string_view kFolder = "pictures/";
constexpr std::string_view kEnding = ".png";

class PictureExchange final : public Exchange {
 public:
  explicit PictureExchange(Connection& connection)
      : self_(std::make_shared<PictureExchange*>(this)), connection_(connection) {}
  ~PictureExchange() override { *self_ = nullptr; }

  void begin(std::string type, std::function<std::string()> make, House& house) {
    house.worker.run([type = std::move(type), make = std::move(make), self = self_,
                      &transport = house.transport] {
      auto made = std::make_shared<wire::Response>();
      made->headers.add("content-type", type);
      made->body = make();
      transport.inject([made, self] {
        if (*self != nullptr) {
          (*self)->connection_.send(std::move(*made));
        }
      });
    });
  }

 private:
  std::shared_ptr<PictureExchange*> self_;
  Connection& connection_;
};

}  // namespace

std::string picture_path(wire::ImageSize size, std::uint64_t content) {
  char digits[17];
  const auto end = std::to_chars(digits, digits + sizeof digits, content, 16).ptr;
  return std::string(kFolder) + wire::image_size_text(size) + "/" + std::string(digits, end) +
         std::string(kEnding);
}

std::unique_ptr<Exchange> make_later(Connection& connection, House& house, std::string type,
                                     std::function<std::string()> make) {
  auto exchange = std::make_unique<PictureExchange>(connection);
  exchange->begin(std::move(type), std::move(make), house);
  return exchange;
}

std::optional<std::unique_ptr<Exchange>> make_picture(
    Connection& connection, std::string_view path,
    const std::shared_ptr<script::PngMaker>& pictures, House& house) {
  if (!path.starts_with(kFolder) || !path.ends_with(kEnding)) {
    return std::nullopt;
  }
  path.remove_prefix(kFolder.size());
  path.remove_suffix(kEnding.size());
  const std::size_t slash = path.find('/');
  const auto size = wire::parse_image_size(path.substr(0, slash));
  if (slash == std::string_view::npos || !size) {
    return std::nullopt;
  }
  const std::string_view hex = path.substr(slash + 1);
  script::PngSpec spec;
  spec.size = *size;
  const auto read = std::from_chars(hex.data(), hex.data() + hex.size(), spec.content, 16);
  if (read.ec != std::errc() || read.ptr != hex.data() + hex.size()) {
    return std::nullopt;
  }
  if (pictures->has(spec)) {
    wire::Picture made = pictures->make(spec);
    connection.send({200, {{"content-type", "image/png"}}, std::move(made.head), {made.shared}});
    return nullptr;
  }
  return make_later(connection, house, "image/png",
                    [pictures, spec] { return pictures->make(spec).bytes(); });
}

}  // namespace rehearse::server
