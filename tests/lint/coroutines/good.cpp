// Every shape here must pass. Nothing in this folder is compiled.
Task<void> statements(Runtime& runtime, Provider& provider) {
  co_await runtime.sleep(seconds(1));
  Outcome outcome = co_await provider.call(request, sink, stop);
  const auto value = co_await provider.call(request, sink, stop);
  auto [a, b] = co_await both(first, second);
  [[maybe_unused]] const bool done = co_await event.wait();
  std::vector<int> numbers = co_await all(tasks[0], tasks[1]);
  outcome = co_await provider.call(request, sink, stop);
  state->outcomes[index].last = co_await this->call(std::move(request));
  std::map<std::string, int> counts = co_await count<std::string, int>(text);
  auto&& [error, bytes] = co_await boost::asio::async_read(socket, buffer(data), use_task);
  co_await std::move(task);
  co_await *next;
  co_await pending;
  co_await factory()(argument).run();
  co_await f("a ; b { c } ? d [e]", ';', '{');  // text is not code
  /* if (co_await x) { } */
  auto text = R"(co_await ? { : })";
  if (value) {
    co_await runtime.yield();
  } else {
    outcome = co_await provider.call(request, sink, stop);
  }
  for (int i = 0; i < 3; ++i) {
    const bool more = co_await queue.pop(i);
    if (!more) {
      break;
    }
  }
  switch (value) {
    case 1: {
      co_await runtime.yield();
      break;
    }
    default: {
      co_return co_await fallback(runtime);
    }
  }
  try {
    co_await risky(runtime);
  } catch (const std::exception& error) {
    failed = true;
  }
  do {
    co_await runtime.yield();
  } while (more);
  co_return;
}

auto lambda = [](Runtime& runtime) -> Task<void> { co_await runtime.yield(); };


struct Awaitable {
  auto operator co_await() const noexcept;
};
