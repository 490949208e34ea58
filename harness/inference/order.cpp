#include "harness/inference/order.hpp"

#include <algorithm>

namespace rehearse::inference {
namespace {

// A client may ask on while the proxy still notes that the answer is over.
constexpr Duration kSlack = Duration::milliseconds(1);
constexpr std::size_t kMostItems = 8;  // of a fan-out, whose texts are looked at
constexpr std::size_t kMostJobs = 20;

using Matrix = std::vector<std::vector<bool>>;

bool is_over_before(const Span& first, const Span& second) {
  const Duration slack = std::min(kSlack, (first.to - first.from) * 0.1);
  return first.to - second.from <= slack && second.from >= first.from;
}

bool follows(const Step& first, const Step& second) {
  bool together = false;
  for (std::size_t j = 0; j < first.spans.size(); ++j) {
    if (first.spans[j] && second.spans[j]) {
      together = true;
      if (!is_over_before(*first.spans[j], *second.spans[j])) {
        return false;
      }
    }
  }
  return together;
}

bool any_feeds(const Step& first, const Step& second, const Feeds& feeds) {
  const std::size_t jobs = std::min(first.calls.size(), kMostJobs);
  for (std::size_t j = 0; j < jobs; ++j) {
    for (std::size_t a = 0; a < std::min(first.calls[j].size(), kMostItems); ++a) {
      for (std::size_t b = 0; b < std::min(second.calls[j].size(), kMostItems); ++b) {
        if (feeds(j, first.calls[j][a], second.calls[j][b])) {
          return true;
        }
      }
    }
  }
  return false;
}

// All that follows from `edges`, which lead from lower to higher numbers.
Matrix closure_of(const Matrix& edges) {
  Matrix out = edges;
  for (std::size_t to = 0; to < out.size(); ++to) {
    for (std::size_t via = to; via-- > 0;) {
      for (std::size_t from = 0; out[via][to] && from < via; ++from) {
        out[from][to] = out[from][to] || out[from][via];
      }
    }
  }
  return out;
}

// The edges that do not follow from two others of `closure`.
Matrix reduced(const Matrix& edges, const Matrix& closure) {
  Matrix out = edges;
  for (std::size_t from = 0; from < out.size(); ++from) {
    for (std::size_t to = from + 1; to < out.size(); ++to) {
      for (std::size_t via = from + 1; out[from][to] && via < to; ++via) {
        out[from][to] = !(closure[from][via] && closure[via][to]);
      }
    }
  }
  return out;
}

// What the program does between calls is taken for what its next calls need: nobody can see that
// they do not. What comes before all calls (its start) all of them need, what comes after all needs
// them all.
void bind_local(const std::vector<Step>& steps, const Matrix& before, const Matrix& edges,
                Matrix& data) {
  const std::size_t count = steps.size();
  for (std::size_t local = 0; local < count; ++local) {
    if (steps[local].is_call) {
      continue;
    }
    bool is_first = true;
    bool is_last = true;
    for (std::size_t other = 0; other < count; ++other) {
      is_first = is_first && !before[other][local];
      is_last = is_last && !before[local][other];
    }
    for (std::size_t other = 0; other < count; ++other) {
      const bool needed = before[local][other] && (is_first || edges[local][other]);
      data[local][other] = data[local][other] || needed;
      data[other][local] = data[other][local] || (is_last && before[other][local]);
    }
  }
}

}  // namespace

Order order_of(const std::vector<Step>& steps, const Feeds& feeds) {
  const std::size_t count = steps.size();
  Matrix before(count, std::vector<bool>(count));
  Matrix data = before;
  for (std::size_t from = 0; from < count; ++from) {
    for (std::size_t to = from + 1; to < count; ++to) {
      before[from][to] = follows(steps[from], steps[to]);
      data[from][to] = before[from][to] && any_feeds(steps[from], steps[to], feeds);
    }
  }
  const Matrix edges = reduced(before, closure_of(before));
  bind_local(steps, before, edges, data);
  const Matrix flow = reduced(data, closure_of(data));
  Order order{.needs = std::vector<std::vector<std::size_t>>(count),
              .after = std::vector<std::vector<std::size_t>>(count),
              .is_chain = true};
  for (std::size_t to = 0; to < count; ++to) {
    for (std::size_t from = 0; from < to; ++from) {
      if (flow[from][to]) {
        order.needs[to].push_back(from);
      }
      if (edges[from][to] && !flow[from][to]) {
        order.after[to].push_back(from);
      }
      order.is_chain = order.is_chain && edges[from][to] == (from + 1 == to);
    }
  }
  return order;
}

}  // namespace rehearse::inference
