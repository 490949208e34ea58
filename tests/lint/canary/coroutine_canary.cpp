// Does this compiler still need the co_await rule? Each shape that g++ 12.2 miscompiles runs in a
// child process of its own, since the wrong code may crash or never end. The answer is information,
// not a verdict: the exit code is 0 as long as every child could be started and ended.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

namespace {

template <class T>
class Task {
 public:
  struct promise_type {
    T value{};
    std::coroutine_handle<> waiting;
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Final {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type>) noexcept {}
        void await_resume() noexcept {}
      };
      return Final{};
    }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { std::terminate(); }
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) {
      handle_.destroy();
    }
  }

  bool await_ready() { return false; }
  // The child runs here, to its end: no symmetric transfer, as in harness/runtime.
  bool await_suspend(std::coroutine_handle<>) {
    handle_.resume();
    return false;
  }
  T await_resume() { return std::move(handle_.promise().value); }

  // True when the coroutine came to its end; only then `result` is set.
  bool run(T& result) {
    handle_.resume();
    if (!handle_.done()) {
      return false;
    }
    result = std::move(handle_.promise().value);
    return true;
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

const std::string kLong(64, 'x');  // past the small-string buffer, so that a double free shows

struct Options {
  std::string name;
  int more = 0;
};

Task<int> give(int value) { co_return value; }
Task<int> length(Options options) { co_return static_cast<int>(options.name.size()); }
template <class F>
Task<int> call(F f) {
  co_return f();
}

Task<int> await_in_if(int p) {
  if (co_await give(p)) {
    co_return 10;
  }
  co_return 20;
}

Task<int> await_in_while(int p) {
  while (co_await give(p)) {
    p = 0;
    co_return 10;
  }
  co_return 20;
}

Task<int> await_in_switch(int p) {
  switch (co_await give(p)) {
    case 1:
      co_return 10;
    default:
      break;
  }
  co_return 20;
}

Task<int> await_of_conditional(int p) { co_return co_await (p > 0 ? give(10) : give(20)); }

Task<int> aggregate_argument(int p) {
  co_return co_await length(Options{.name = kLong, .more = p}) - 54;
}

Task<int> lambda_argument(int p) {
  std::string name = kLong;
  co_return co_await call([name, p] { return static_cast<int>(name.size()) - 55 + p; });
}

Task<int> await_in_braces(int p) {
  Options made{kLong, co_await give(p)};
  co_return made.more == p && made.name == kLong ? 10 : 20;
}

struct Shape {
  const char* name;
  Task<int> (*make)(int);
};

// What the rule asks for; it must be right with every compiler.
Task<int> plain_statement(int p) {
  const int value = co_await give(p);
  if (value == 1) {
    co_return 10;
  }
  co_return 20;
}

constexpr Shape kShapes[] = {
    {"T v = co_await e;  (the rule)", plain_statement},
    {"if (co_await e)", await_in_if},
    {"while (co_await e)", await_in_while},
    {"switch (co_await e)", await_in_switch},
    {"co_await (c ? a : b)", await_of_conditional},
    {"co_await f(Options{...})", aggregate_argument},
    {"co_await f([x] {...})", lambda_argument},
    {"Options o{..., co_await e}", await_in_braces},
};

// In the child: right is 0, a wrong value 1, a coroutine that never ends 2.
[[noreturn]] void run_child(const Shape& shape) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (std::freopen("/dev/null", "w", stderr) == nullptr) {
    _exit(1);
  }
  alarm(5);
  int code = 2;
  {
    Task<int> task = shape.make(1);
    int result = 0;
    if (task.run(result)) {
      code = result == 10 ? 0 : 1;
    }
  }
  _exit(code);
}

const char* meaning(int status) {
  if (!WIFEXITED(status)) {
    return "WRONG: crashes or hangs";
  }
  switch (WEXITSTATUS(status)) {
    case 0:
      return "right";
    case 1:
      return "WRONG: other value";
    case 2:
      return "WRONG: never ends";
    default:
      return "WRONG: a sanitizer stopped it";
  }
}

}  // namespace

int main() {
  std::printf("compiler: %s\n", __VERSION__);
  int wrong = 0;
  for (const Shape& shape : kShapes) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child < 0) {
      std::perror("fork");
      return 1;
    }
    if (child == 0) {
      run_child(shape);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) {
      std::perror("waitpid");
      return 1;
    }
    const bool right = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    wrong += right ? 0 : 1;
    std::printf("  %-32s %s\n", shape.name, meaning(status));
  }
  std::printf("%s\n", wrong > 0 ? "The co_await rule is still needed with this compiler."
                                : "This compiler gets every shape right.");
  return 0;
}
