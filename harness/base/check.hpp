#pragma once

#include <cstdio>
#include <cstdlib>

// A bug detector that stays on in every build. Input must never be able to reach it: bad input is a
// `Result`, not a check.
#define REHEARSE_CHECK(condition)                                                        \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
