#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "harness/inference/stage.hpp"

namespace rehearse::inference {
namespace {

using record::RecordedCall;

// The longest beginning that all paths of a step have, up to a segment that was hidden.
std::string common_path(const Pipeline& pipeline, const Step& step) {
  std::optional<std::string> common;
  for (std::size_t j = 0; j < step.calls.size(); ++j) {
    for (const std::size_t place : step.calls[j]) {
      const std::string& path = pipeline.jobs[j].calls[place].answer->path;
      if (!common || *common == path) {
        common = path;
        continue;
      }
      const auto [end, other] =
          std::mismatch(common->begin(), common->end(), path.begin(), path.end());
      common->erase(end, common->end());
      common->resize(common->rfind('/') == std::string::npos ? 0 : common->rfind('/') + 1);
    }
  }
  std::string out = common.value_or("");
  out.resize(std::min(out.find('*'), out.size()));
  return out;
}

// From where a mock reads it: a program's base URL may have a path before that.
std::string below_base(const std::string& path) {
  static constexpr std::string_view kRoots[] = {"/v1/", "/v1beta/", "/v2beta/", "/api/"};
  for (const std::string_view root : kRoots) {
    const std::size_t place = path.find(root);
    if (place != std::string::npos) {
      return path.substr(place);
    }
  }
  return path;
}

struct Look {
  std::string provider;
  std::string path;
  std::string model;
};

bool fits(const Look& look, const RecordedCall& call) {
  return call.provider == look.provider && call.path.starts_with(look.path) &&
         (look.model.empty() || call.model == look.model);
}

// The numbers that the step's calls have among all that look so, where that is the same in every
// job; nothing where other calls of a job do not look so.
struct Numbers {
  bool shared = false;  // some job has other calls that look so
  std::set<std::uint32_t> ordinals;
};

Numbers numbers_of(const Pipeline& pipeline, const Step& step, const Look& look) {
  Numbers out;
  for (std::size_t j = 0; j < pipeline.jobs.size(); ++j) {
    std::uint32_t ordinal = 0;
    for (std::size_t i = 0; i < pipeline.jobs[j].calls.size(); ++i) {
      if (!fits(look, *pipeline.jobs[j].calls[i].answer)) {
        continue;
      }
      ++ordinal;
      const auto& own = step.calls[j];
      if (std::find(own.begin(), own.end(), i) != own.end()) {
        out.ordinals.insert(ordinal);
      } else {
        out.shared = true;
      }
    }
  }
  return out;
}

}  // namespace

json::Value match_of(const Pipeline& pipeline, std::size_t number,
                     std::vector<std::string>& notes) {
  const Step& step = pipeline.steps[number];
  const auto job = std::find_if(step.calls.begin(), step.calls.end(),
                                [](const auto& calls) { return !calls.empty(); });
  const auto index = static_cast<std::size_t>(job - step.calls.begin());
  const RecordedCall& call = *pipeline.jobs[index].calls[job->front()].answer;
  const bool plain = pipeline.services.of.at(kind_of(call)).is_plain;
  const Look look{call.provider, common_path(pipeline, step), plain ? "" : call.model};
  json::Value match = json::Value::object();
  match.set("path", literal(plain ? look.path : below_base(look.path)));
  if (!look.model.empty()) {
    match.set("model", literal(look.model));
  }
  const Numbers numbers = numbers_of(pipeline, step, look);
  if (!numbers.shared) {
    return match;
  }
  if (!step.fanned_out && numbers.ordinals.size() == 1) {
    match.set("nth", static_cast<std::int64_t>(*numbers.ordinals.begin()));
  } else {
    notes.push_back(step.name +
                    ": other calls look as its own do, in no steady order; for --drive app tell "
                    "them apart by \"body_contains\"");
  }
  return match;
}

}  // namespace rehearse::inference
