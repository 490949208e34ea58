#include "mocks/server/backlog.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"

using namespace rehearse;
using namespace rehearse::server;

namespace {

// Takes what is there in bites of at most `most` bytes; all that was taken.
std::string drain(Backlog& backlog, std::size_t most) {
  std::string out;
  std::array<iovec, 3> parts;
  while (!backlog.empty()) {
    std::size_t bite = 0;
    const std::size_t count = backlog.front(parts);
    REQUIRE(count > 0);
    for (std::size_t i = 0; i < count && bite < most; ++i) {
      const std::size_t size = std::min(parts[i].iov_len, most - bite);
      out.append(static_cast<const char*>(parts[i].iov_base), size);
      bite += size;
    }
    backlog.take(bite);
  }
  return out;
}

}  // namespace

TEST_CASE("a backlog gives what was put in, in its order, whatever is taken at a time") {
  for (std::size_t most = 1; most < 40; ++most) {
    Backlog backlog;
    std::string all;
    std::uint64_t state = most;
    for (int i = 0; i < 30; ++i) {
      state = mix64(state);
      const std::string bytes(state % 7, static_cast<char>('a' + i % 26));
      all += bytes;
      if (state >> 20 & 1) {
        backlog.add_shared(std::make_shared<const std::string>(bytes));
      } else if (state >> 21 & 1) {
        backlog.add_whole(bytes);
      } else {
        backlog.add(bytes);
      }
      if (state >> 22 & 1 && backlog.size() > 2) {  // some of it leaves meanwhile
        std::array<iovec, 1> first;
        REQUIRE(backlog.front(first) == 1);
        CHECK(*static_cast<const char*>(first[0].iov_base) == all[all.size() - backlog.size()]);
        backlog.take(1);
      }
      REQUIRE(backlog.size() <= all.size());
    }
    const std::size_t left = backlog.size();
    CHECK(drain(backlog, most) == all.substr(all.size() - left));
    CHECK(backlog.size() == 0);
  }
}

TEST_CASE("shared bytes of a backlog are the same bytes, and are let go once they were taken") {
  const auto shared = std::make_shared<const std::string>(100'000, 'x');
  Backlog backlog;
  backlog.add("head");
  backlog.add_shared(shared);
  backlog.add("tail");
  std::array<iovec, 3> parts;
  REQUIRE(backlog.front(parts) == 3);
  CHECK(parts[1].iov_base == shared->data());
  CHECK(shared.use_count() == 2);
  backlog.take(4 + 100'000);
  CHECK(shared.use_count() == 1);
  CHECK(backlog.size() == 4);
  backlog.take(4);
  CHECK(backlog.empty());
}
