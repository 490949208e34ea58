// Every line that ends in a "bad" comment must be reported with these words, and no other line.
#define GET(x) co_await x  // bad: macro
Task<int> bad(Runtime& runtime) {
  if (co_await ready()) {  // bad: condition of if
  }
  while (co_await more()) {  // bad: condition of while
  }
  switch (co_await kind()) {  // bad: condition of switch
    case 1:
      co_await one();  // bad: without braces
      break;
    default:
      value = co_await two();  // bad: without braces
  }
  for (auto x = co_await begin(); x; ++x) {  // bad: condition of for
  }
  for (; co_await next();) {  // bad: condition of for
  }
  for (auto& item : co_await items()) {  // bad: condition of for
  }
  if (a) co_await one();  // bad: without braces
  if (a) {
  } else
    co_await two();  // bad: without braces
  if (a) x = co_await one();  // bad: without braces
  while (a) co_await one();  // bad: without braces
  do co_await one(); while (a);  // bad: without braces
  co_await (c ? task_a() : task_b());  // bad: ?:
  auto v = co_await pick(c ? a : b);  // bad: ?:
  auto w = c ? co_await a() : co_await b();  // bad: whole statement  // bad: whole statement
  co_await f({1, 2});  // bad: braces inside
  co_await f(Options{.x = 1});  // bad: braces inside
  co_await f(std::vector<int>{1, 2});  // bad: braces inside
  co_await f([obj] { return obj; });  // bad: lambda
  co_await [obj]() -> Task<int> { co_return 1; }();  // bad: lambda
  Agg agg{co_await x(), 1};  // bad: list
  Agg both{1, co_await x()};  // bad: list
  std::vector<int> list{co_await x()};  // bad: list
  auto made = Agg{.a = co_await x()};  // bad: list
  total += co_await count();  // bad: compound
  total -= co_await count();  // bad: compound
  bool same = a == co_await count();  // bad: comparison
  auto sum = co_await a() + 1;  // bad: larger expression
  auto sum2 = 1 + co_await a();  // bad: whole statement
  auto two = co_await a() + co_await b();  // bad: inside another  // bad: whole statement
  auto member = (co_await a()).value;  // bad: parentheses
  auto cast = static_cast<int>(co_await a());  // bad: parentheses
  (void)co_await a();  // bad: whole statement
  int brace{co_await a()};  // bad: list
  int paren(co_await a());  // bad: parentheses
  REQUIRE(co_await a() == 1);  // bad: parentheses
  f(co_await a());  // bad: parentheses
  co_await f(co_await a());  // bad: inside another  // bad: parentheses
  int x = 1, y = co_await a();  // bad: whole statement
  auto less = co_await a() < limit;  // bad: larger expression
  return co_await a();  // bad: after return
  throw co_await a();  // bad: after return
  !co_await a();  // bad: whole statement
  label: co_await a();  // bad: after a label
  co_await a(), b();  // bad: list
  try {
    one();
  } catch (const std::exception& e) {
    co_await clean_up();  // bad: catch
    if (a) {
      co_await clean_up();  // bad: catch
    }
  }
  auto task = [this, &runtime](int n) -> Task<void> {
    co_await runtime.yield();  // bad: captures
    while (n) {
      co_await runtime.yield();  // bad: captures
    }
  };
  group.spawn([=]() -> Task<void> { co_await runtime.yield(); }());  // bad: captures
  co_return (co_await a());  // bad: parentheses
  co_return co_await a() && b;  // bad: larger expression
  co_return !co_await a();  // bad: whole statement
}
