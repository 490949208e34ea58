#pragma once

#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/record/recorded_call.hpp"

namespace rehearse::inference {

// One recording, which is one job: its program, run once.
struct RecordedJob {
  std::string source;  // its file's name, without folders
  Duration took;       // from the program's start to its end
  std::vector<record::RecordedCall> calls;
};

}  // namespace rehearse::inference
