#include "scenarios/expression_node.hpp"
#include "scenarios/resolve.hpp"
#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

json::Value resolved(const std::string& text) {
  Environment environment;
  environment.parameters.set("n", 300);
  environment.parameters.set("t", "5s");
  environment.parameters.set("model", "gpt-4o");
  environment.parameters.set("draft", true);
  const auto result = resolve_text(text, environment);
  INFO(text);
  INFO((result.ok() ? "" : result.error().text()));
  REQUIRE(result.ok());
  return result->value;
}

}  // namespace

TEST_CASE("a parameter alone keeps its type, inside a text it is written out") {
  CHECK(resolved("${n}") == json::Value(300));
  CHECK(resolved("${draft}") == json::Value(true));
  CHECK(resolved("${model}") == json::Value("gpt-4o"));
  CHECK(resolved("a-${n}-${model}") == json::Value("a-300-gpt-4o"));
}

TEST_CASE("arithmetic, comparison and choice follow the usual precedence") {
  CHECK(resolved("${1 + 2 * 3}") == json::Value(7));
  CHECK(resolved("${(1 + 2) * 3}") == json::Value(9));
  CHECK(resolved("${10 - 4 - 3}") == json::Value(3));
  CHECK(resolved("${2 × 3 ÷ 4 − 1}") == json::Value(0.5));
  CHECK(resolved("${min(n * 2, 500)}") == json::Value(500));
  CHECK(resolved("${max(1, 2, 3)}") == json::Value(3));
  CHECK(resolved("${n > 200 && model == 'gpt-4o' ? 'big' : 'small'}") == json::Value("big"));
  CHECK(resolved("${!(n <= 200)}") == json::Value(1));
  CHECK(resolved("${1 / 0}") == json::Value(0));
  CHECK(resolved("${-n}") == json::Value(-300));
  CHECK(resolved("${round(2.5) + floor(1.9) + ceil(1.1)}") == json::Value(6));
}

TEST_CASE("a duration counts as its seconds in arithmetic") {
  CHECK(resolved("${t * 2}") == json::Value(10));
}

TEST_CASE("an escaped expression is a plain text") {
  CHECK(resolved("$${n}") == json::Value("${n}"));
  CHECK(resolved("$5") == json::Value("$5"));
}

TEST_CASE("expressions over inputs are computed for each job") {
  const std::vector<std::string> names{"agent", "words"};
  const auto text = Expression::compile("ctx-${agent}", names);
  REQUIRE(text.ok());
  const std::vector<InputValue> values{std::string("alpha"), 120.0};
  CHECK(text->text(values) == "ctx-alpha");
  const auto number = Expression::compile("${min(words * 2, 200)}", names);
  REQUIRE(number.ok());
  CHECK(number->number(values) == 200);
  const auto condition = Expression::compile("${agent == 'beta'}", names);
  REQUIRE(condition.ok());
  CHECK(condition->number(values) == 0);
}

TEST_CASE("what cannot be an expression is refused with a reason") {
  const auto text = GENERATE(as<std::string>{}, "${", "${}", "${a +}", "${nowhere}", "${f(1)}",
                             "${'open}", "${1 2}", "${min()}", "${(1}", "${1 ? 2}", "${'x' * 2}");
  const auto result = resolve_text(text, {});
  INFO(text);
  REQUIRE_FALSE(result.ok());
  CHECK_FALSE(result.error().what.empty());
}

TEST_CASE("nesting without end is refused before the stack is") {
  CHECK_FALSE(resolve_text("${" + std::string(20'000, '(') + "1", {}).ok());
  CHECK_FALSE(resolve_text("${" + std::string(20'000, '-') + "1}", {}).ok());
  std::string many = "${1";
  for (int i = 0; i < 5'000; ++i) {
    many += "+1";
  }
  CHECK_FALSE(resolve_text(many + "}", {}).ok());
}

TEST_CASE("a request is filled in from what a running job knows") {
  json::Value request = json::Value::object();
  request.set("prompt", "${stages.title.text}, job ${job}");
  request.set("n", "${job + 1}");
  const auto lookup = [](std::string_view name) -> std::optional<InputValue> {
    if (name == "job") {
      return 3.0;
    }
    return name == "stages.title.text" ? std::optional<InputValue>("Cats") : std::nullopt;
  };
  const auto filled = fill(request, lookup);
  REQUIRE(filled.ok());
  CHECK(filled->find("prompt")->as_string() == "Cats, job 3");
  CHECK(filled->find("n")->as_double() == 4);
  CHECK_FALSE(fill_text("${unknown}", lookup).ok());
}
