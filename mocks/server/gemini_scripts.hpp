#pragma once

#include "harness/wire/gemini_path.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {

// generateContent and streamGenerateContent of a text model.
Result<Ask> ask_gemini_chat(const wire::Request& request, const wire::gemini::Method& method,
                            const Stagehand& hand);
// generateContent of an image model, predict of Imagen.
Result<Ask> ask_gemini_image(const wire::Request& request, const wire::gemini::Method& method,
                             const Stagehand& hand);

}  // namespace rehearse::server
