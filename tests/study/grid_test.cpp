#include <catch2/catch.hpp>

#include "harness/study/grid.hpp"

using namespace rehearse;

TEST_CASE("an axis reads numbers as numbers, switches as switches and all else as text") {
  const auto axis = study::parse_axis("x=1,2.5,true,gpt-4o,1024x1024");
  REQUIRE(axis);
  CHECK(axis->name == "x");
  REQUIRE(axis->values.size() == 5);
  CHECK(axis->values[0].as_integer() == 1);
  CHECK(axis->values[1].as_double() == 2.5);
  CHECK(axis->values[2].as_bool());
  CHECK(axis->values[3].as_string() == "gpt-4o");
  CHECK(axis->values[4].as_string() == "1024x1024");
}

TEST_CASE("axes that say nothing are refused") {
  for (const char* text : {"", "x", "x=", "=1", "x=1,,2", "x=1,"}) {
    CHECK_FALSE(study::parse_axis(text).ok());
  }
}

TEST_CASE("a grid is the product of its axes, the first one outermost") {
  const auto points = study::make_grid(
      {}, {*study::parse_axis("concurrency=1,2"), *study::parse_axis("variant=base,a+b,c")});
  REQUIRE(points);
  REQUIRE(points->size() == 6);
  CHECK((*points)[0].name == "concurrency=1, variant=base");
  CHECK((*points)[0].selection.variants.empty());
  CHECK((*points)[1].selection.variants == std::vector<std::string>{"a", "b"});
  CHECK((*points)[5].name == "concurrency=2, variant=c");
  CHECK((*points)[5].selection.parameters.at("concurrency").as_integer() == 2);
}

TEST_CASE("no axis is one point; empty, doubled and endless axes are refused") {
  CHECK(study::make_grid({}, {})->size() == 1);
  CHECK_FALSE(study::make_grid({}, {{.name = "x", .values = {}}}).ok());
  CHECK_FALSE(study::make_grid({}, {*study::parse_axis("x=1"), *study::parse_axis("x=2")}).ok());
  scenarios::SweepAxis many{.name = "a", .values = std::vector<json::Value>(1000, json::Value(1))};
  scenarios::SweepAxis more = many;
  more.name = "b";
  scenarios::SweepAxis most = many;
  most.name = "c";
  const auto refused = study::make_grid({}, {many, more, most});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("1e+09") != std::string::npos);
}
