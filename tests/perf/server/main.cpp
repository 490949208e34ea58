// server_load streams|requests|idle|pests --url URL --pid SERVER …: the client side of the mock
// server's benchmark. tests/perf/server/compare runs it.
#include <csignal>
#include <cstdio>
#include <string>

#include "tests/perf/server/loads.hpp"

int main(int argc, char** argv) {
  using namespace rehearse::perf;
  std::signal(SIGPIPE, SIG_IGN);
  const std::string load = argc > 1 ? argv[1] : "";
  const std::pair<const char*, void (*)(const Flags&)> loads[] = {{"streams", run_streams},
                                                                  {"requests", run_requests},
                                                                  {"idle", run_idle},
                                                                  {"pests", run_pests}};
  for (const auto& [name, run] : loads) {
    if (load == name) {
      run(Flags(argc, argv));
      return 0;
    }
  }
  std::fprintf(stderr, "usage: server_load streams|requests|idle|pests --url URL --pid PID …\n");
  return 2;
}
