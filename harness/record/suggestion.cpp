#include "harness/record/suggestion.hpp"

namespace rehearse::record {

const char* quality_name(Quality quality) {
  switch (quality) {
    case Quality::Same:
      return "same";
    case Quality::Stale:
      return "stale";
    case Quality::Deferred:
      return "deferred";
    case Quality::Lower:
      break;
  }
  return "lower";
}

}  // namespace rehearse::record
