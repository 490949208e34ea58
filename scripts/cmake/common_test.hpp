// The same for tests.
#include <catch2/catch.hpp>

#include "scripts/cmake/common.hpp"
