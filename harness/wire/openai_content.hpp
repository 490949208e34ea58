#pragma once

#include <string_view>

#include "harness/wire/chat.hpp"
#include "harness/wire/fields.hpp"

// What OpenAI's requests have in common: chat and responses.
namespace rehearse::wire::openai {

// The "content" of a message: a text, or parts of text and images, `image` being what the type of
// an image's part is called.
void decode_content(Fields& fields, std::string_view image, Message& message);

}  // namespace rehearse::wire::openai
