#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/wire/image.hpp"
#include "mocks/script/png.hpp"
#include "mocks/server/call.hpp"
#include "mocks/server/connection.hpp"

namespace rehearse::server {

// Where the picture of that size and content can be fetched, below /__rehearse/.
std::string picture_path(wire::ImageSize size, std::uint64_t content);

// Sends what `make` makes, called by the worker, as a body of that type.
std::unique_ptr<Exchange> make_later(Connection& connection, House& house, std::string type,
                                     std::function<std::string()> make);

// Serves such a picture: at once where one of its size was made before, else made off the loop by
// what is returned. Nothing where the path names none.
std::optional<std::unique_ptr<Exchange>> make_picture(
    Connection& connection, std::string_view path,
    const std::shared_ptr<script::PngMaker>& pictures, House& house);

}  // namespace rehearse::server
