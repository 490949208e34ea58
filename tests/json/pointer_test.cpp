#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

using namespace rehearse;
using json::pointer_find;
using json::pointer_join;
using json::Value;

namespace {

Value read(std::string_view text) {
  const auto value = json::parse(text, "t");
  INFO(text);
  REQUIRE(value.ok());
  return *value;
}

}  // namespace

TEST_CASE("the pointers of RFC 6901 section 5 name their values") {
  const Value doc = read(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,
                             "i\\j":5,"k\"l":6," ":7,"m~n":8})");
  CHECK(pointer_find(doc, "") == &doc);
  CHECK(pointer_find(doc, "/foo/0")->as_string() == "bar");
  const std::pair<const char*, int> cases[] = {{"/", 0},     {"/a~1b", 1}, {"/c%d", 2},
                                               {"/e^f", 3},  {"/g|h", 4},  {"/i\\j", 5},
                                               {"/k\"l", 6}, {"/ ", 7},    {"/m~0n", 8}};
  for (const auto& [pointer, expected] : cases) {
    INFO(pointer);
    REQUIRE(pointer_find(doc, pointer) != nullptr);
    CHECK(pointer_find(doc, pointer)->as_integer() == expected);
  }
}

TEST_CASE("a pointer to nothing finds nothing") {
  const Value doc = read(R"({"foo":["bar"],"n":1})");
  for (const char* pointer : {"foo", "/foo/1", "/foo/-", "/foo/00", "/foo/", "/foo/x", "/n/0",
                              "/no", "/foo/99999999999999999999999", "//"}) {
    INFO(pointer);
    CHECK(pointer_find(doc, pointer) == nullptr);
  }
}

TEST_CASE("joined pointers escape their keys and find them again") {
  CHECK(pointer_join("/stages", "image/x") == "/stages/image~1x");
  CHECK(pointer_join("", std::size_t{3}) == "/3");
  for (const std::string key : {"a/b", "~1", "~0/~", "", "~"}) {
    Value doc = Value::object();
    doc.set(key, 1);
    REQUIRE(pointer_find(doc, pointer_join("", key)) != nullptr);
  }
}

TEST_CASE("every example of RFC 7396's appendix merges as it says") {
  const char* examples[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", "null", "null"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [target, patch, result] : examples) {
    INFO(target << " + " << patch);
    CHECK(json::merge_patch(read(target), read(patch)) == read(result));
  }
}

TEST_CASE("patched parts keep their own place and the rest keeps its old one") {
  const Value merged = json::merge_patch(read("{\"a\":1,\n\"b\":2}"), read("\n\n{\"b\": 3}"));
  CHECK(merged.find("a")->position() == json::Position{1, 6});
  CHECK(merged.find("b")->position() == json::Position{3, 7});
}
