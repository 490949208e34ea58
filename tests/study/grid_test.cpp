#include <catch2/catch.hpp>

#include "harness/study/grid.hpp"

using namespace rehearse;

namespace {

scenarios::Sweep over(std::vector<scenarios::SweepAxis> axes, std::vector<std::string> when = {}) {
  return {std::move(axes), std::move(when)};
}

}  // namespace

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
      {}, over({*study::parse_axis("concurrency=1,2"), *study::parse_axis("variant=base,a+b,c")}));
  REQUIRE(points);
  REQUIRE(points->size() == 6);
  CHECK((*points)[0].name == "concurrency=1, variant=base");
  CHECK((*points)[0].selection.variants.empty());
  CHECK((*points)[1].selection.variants == std::vector<std::string>{"a", "b"});
  CHECK((*points)[5].name == "concurrency=2, variant=c");
  CHECK((*points)[5].selection.parameters.at("concurrency").as_integer() == 2);
}

TEST_CASE("no axis is one point, empty, doubled and endless axes are refused") {
  CHECK(study::make_grid({}, {})->size() == 1);
  CHECK_FALSE(study::make_grid({}, over({{.name = "x", .values = {}}})).ok());
  CHECK_FALSE(
      study::make_grid({}, over({*study::parse_axis("x=1"), *study::parse_axis("x=2")})).ok());
  scenarios::SweepAxis many{.name = "a", .values = std::vector<json::Value>(1000, json::Value(1))};
  scenarios::SweepAxis more = many;
  more.name = "b";
  scenarios::SweepAxis most = many;
  most.name = "c";
  const auto refused = study::make_grid({}, over({many, more, most}));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("1000000000 points") != std::string::npos);
}

TEST_CASE("ranges stand for what lies between, by a step or by a factor") {
  const auto texts = [](const char* axis) {
    const auto points = study::make_grid({}, over({*study::parse_axis(axis)}));
    REQUIRE(points);
    std::vector<std::string> out;
    for (const study::GridPoint& point : *points) {
      out.push_back(point.name);
    }
    return out;
  };
  using Names = std::vector<std::string>;
  CHECK(texts("n=1..3") == Names{"n=1", "n=2", "n=3"});
  CHECK(texts("n=1..64 x4") == Names{"n=1", "n=4", "n=16", "n=64"});
  CHECK(texts("n=1..100x10,250") == Names{"n=1", "n=10", "n=100", "n=250"});
  CHECK(texts("n=0..1 +0.5") == Names{"n=0", "n=0.5", "n=1"});
  CHECK(texts("n=0..0.3 +0.1") == Names{"n=0", "n=0.1", "n=0.2", "n=0.3"});
  CHECK(texts("file=a..b") == Names{"file=a..b"});
  for (const char* text : {"n=3..1", "n=1..10 x1", "n=0..10 x2", "n=1..10 +0", "n=1..10 +-1"}) {
    CHECK_FALSE(study::parse_axis(text).ok());
  }
}

TEST_CASE("names that are joined by a comma move together") {
  const auto points = study::make_grid(
      {}, over({*study::parse_axis("model,size=a:1,b:2"), *study::parse_axis("n=1,2")}));
  REQUIRE(points);
  REQUIRE(points->size() == 4);
  CHECK((*points)[0].name == "model=a, size=1, n=1");
  CHECK((*points)[3].name == "model=b, size=2, n=2");
  CHECK((*points)[3].selection.parameters.at("size").as_integer() == 2);
  CHECK_FALSE(study::make_grid({}, over({*study::parse_axis("a,b=1:2,3")})).ok());
  CHECK_FALSE(
      study::make_grid({}, over({*study::parse_axis("a,b=1:2"), *study::parse_axis("b=1")})).ok());
}

TEST_CASE("a condition keeps the points where it holds") {
  study::GridOptions options;
  options.parameters.set("workers", 4);
  const std::vector<scenarios::SweepAxis> axes = {*study::parse_axis("users=10,20,40,80"),
                                                  *study::parse_axis("workers=1,2")};
  const auto points = study::make_grid({}, over(axes, {"users <= 10 * workers"}), options);
  REQUIRE(points);
  REQUIRE(points->size() == 3);
  CHECK((*points)[2].name == "users=20, workers=2");
  const auto both =
      study::make_grid({}, over(axes, {"users <= 10 * workers", "users > 10"}), options);
  REQUIRE(both);
  CHECK(both->size() == 1);
  CHECK_FALSE(study::make_grid({}, over(axes, {"users > 1000"}), options).ok());
  CHECK_FALSE(study::make_grid({}, over(axes, {"nobody > 1"}), options).ok());
}

TEST_CASE("a billion points are refused with their number and the time they would take") {
  study::GridOptions options;
  options.seconds_a_point = 0.001;
  const auto refused = study::make_grid({}, over({*study::parse_axis("n=1..1000000000")}), options);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("1000000000 points") != std::string::npos);
  CHECK(refused.error().what.find("about 11.6 d") != std::string::npos);
  options.seconds_a_point = 100;
  const auto years = study::make_grid({}, over({*study::parse_axis("n=1..1000000000")}), options);
  CHECK(years.error().what.find("years") != std::string::npos);
}
