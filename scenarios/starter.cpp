#include "scenarios/load.hpp"

namespace rehearse::scenarios {

std::string starter() {
  return R"json({
  // A scenario describes a pipeline: its stages, how it is loaded, and what could be changed
  // about it. Every key is described in scenarios/README.md; `rehearse schema` prints a JSON Schema
  // for editors.
  "scenario": "my-pipeline",

  // What `--set name=value`, sweeps and variants turn.
  "parameters": { "chat_model": "gpt-4o", "image_size": "1792x1024" },

  // Each stage after the one above it, as most pipelines start out.
  "order": "sequential",
  "stages": {
    "context": { "call": "backend.query", "time": "400ms" },

    // `needs` is data flow. A time alone is constant; "typical" is a median with some spread,
    // "between" a range as reports give it. Without `time` the provider's profile decides.
    "prompt": { "needs": ["context"], "call": "openai.chat", "model": "${chat_model}",
                "input_tokens": 900, "output_tokens": { "between": [200, 420] } },
    "title": { "needs": ["context"], "call": "openai.chat", "model": "gpt-4o-mini",
               "time": { "typical": "0.9s", "basis": "assumed" } },
    "image": { "needs": ["prompt"], "call": "openai.image", "model": "dall-e-3",
               "size": "${image_size}" },

    // A group: one row in reports, with stages of its own.
    "publish": {
      "needs": ["image", "title"],
      "stages": {
        "upload": { "call": "backend.upload", "bytes": "3MB" },
        "insert": { "call": "backend.query", "needs": ["upload"] }
      }
    }
  },

  // Who answers: the name of a profile, or an object that also changes it.
  "providers": { "openai": "openai", "backend": { "profile": "postgres-rest", "rtt": "20ms" } },

  // The first workload is the default one.
  "workloads": {
    "single": { "jobs": 1 },
    "batch": { "jobs": 20, "concurrency": 4 },
    "users": { "users": 10, "think": { "uniform": ["1s", "3s"] }, "for": "10m" }
  },

  // Changes to try: `rehearse compare FILE --before base --after parallel_title`.
  "variants": {
    "parallel_title": { "change": { "stages": { "title": { "after": [] } } } },
    "smaller_image": { "change": { "parameters": { "image_size": "1024x1024" } },
                       "trade_off": "less detail" }
  },

  "objectives": [ "p(95) < 60s", { "text": "mean of cost < 0.12 USD", "level": "warn" } ],
  "sweep": { "concurrency": [1, 2, 4, 8] }
}
)json";
}

}  // namespace rehearse::scenarios
