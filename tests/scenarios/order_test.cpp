#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

TEST_CASE("sequential puts each stage after the one above, unless it says otherwise") {
  const Scenario s = make(R"({ "order": "sequential", "stages": {
    "c": { "wait": "1s" }, "a": { "wait": "1s", "needs": ["c"] },
    "b": { "wait": "1s", "after": [], "needs": ["c"] }, "d": { "wait": "1s" } } })");
  CHECK(before(s, "c").empty());
  CHECK(before(s, "a") == "c");
  CHECK(before(s, "b") == "c");
  CHECK(before(s, "d") == "b");
  CHECK(stage(s, "a").needs.size() == 1);
  CHECK(stage(s, "d").needs.empty());
}

TEST_CASE("free is the default: only what is said counts") {
  const Scenario s =
      make(R"({ "stages": { "a": { "wait": "1s" }, "b": { "wait": "1s", "after": ["a"] },
                                            "c": { "wait": "1s" } } })");
  CHECK(before(s, "b") == "a");
  CHECK(before(s, "c").empty());
}

TEST_CASE("a list chains the named stages wherever they stand") {
  const Scenario s = make(R"({ "order": ["c", "a"], "stages": { "a": { "wait": "1s" },
                                "b": { "wait": "1s" }, "c": { "wait": "1s" } } })");
  CHECK(before(s, "a") == "c");
  CHECK(before(s, "b").empty());
}

TEST_CASE("groups and tasks take the order of the level around them") {
  const Scenario s = make(R"({ "order": "sequential",
    "stages": { "g": { "stages": { "x": { "wait": "1s" }, "y": { "wait": "1s" } } },
                "h": { "order": "free",
                       "stages": { "x": { "wait": "1s" }, "y": { "wait": "1s" } } } },
    "workloads": { "w": { "jobs": 1, "tasks": {
      "t": { "stages": { "p": { "wait": "1s" }, "q": { "wait": "1s" } } } } } } })");
  CHECK(before(s, "g/y") == "x");
  CHECK(before(s, "h/y").empty());
  CHECK(before(s, "t:q") == "p");
  REQUIRE(s.graphs.size() == 2);
  CHECK(s.graphs[1].name == "t");
  CHECK(s.workload.tasks[0].graph == 1);
}

TEST_CASE("the chain passes background stages by, and what follows them is background too") {
  const Scenario s = make(R"({ "order": "sequential", "stages": {
    "a": { "wait": "1s" }, "b": { "wait": "1s", "background": true },
    "c": { "wait": "1s" }, "d": { "wait": "1s", "needs": ["b"] }, "e": { "wait": "1s" } } })");
  CHECK(before(s, "b") == "a");
  CHECK(before(s, "c") == "a");
  CHECK(before(s, "d") == "b c");
  CHECK(before(s, "e") == "c");
  CHECK(stage(s, "d").background);
  CHECK_FALSE(stage(s, "e").background);
}

TEST_CASE("a fallback stands outside the chain") {
  const Scenario s = make(R"({ "order": "sequential", "stages": {
    "a": { "wait": "1s", "on_error": { "fallback": "b" } },
    "b": { "wait": "1s" }, "c": { "wait": "1s" } } })");
  CHECK(before(s, "b").empty());
  CHECK(before(s, "c") == "a");
  CHECK(stage(s, "a").fallback == StageIndex{1});
}

TEST_CASE("a stage's place in the file does not matter where the order is free") {
  const Scenario one =
      make(R"({ "stages": { "a": { "wait": "1s" }, "b": { "call": "x.chat" } } })");
  const Scenario two =
      make(R"({ "stages": { "b": { "call": "x.chat" }, "a": { "wait": "1s" } } })");
  CHECK(one.hash == two.hash);
  CHECK(one.stages[0].name == two.stages[0].name);
}

TEST_CASE("the order of a sequential file is part of its hash") {
  const std::string head = R"({ "order": "sequential", "stages": { )";
  CHECK(make(head + R"("a": { "wait": "1s" }, "b": { "wait": "1s" } } })").hash !=
        make(head + R"("b": { "wait": "1s" }, "a": { "wait": "1s" } } })").hash);
}
