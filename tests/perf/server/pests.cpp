#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/perf/server/loads.hpp"
#include "tests/perf/server/wires.hpp"

namespace rehearse::perf {
namespace {

using std::chrono::milliseconds;

struct Field {
  Address address;
  std::string target;
  std::string stream;  // a whole request for one
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> done{0};
};

void pause(int ms) { std::this_thread::sleep_for(milliseconds(ms)); }

// A byte of a head that never ends, to each of 500 connections, ten times a second.
void dawdle(Field& field) {
  std::vector<Wire> slow;
  for (int i = 0; i < 500; ++i) {
    slow.emplace_back(field.address);
    slow.back().send("POST " + field.target + " HTTP/1.1\r\nx: ");
  }
  while (!field.over) {
    for (Wire& wire : slow) {
      wire.send("a");
    }
    pause(100);
  }
  field.done += slow.size();
}

// Sends `bytes`, reads to the end where the server hangs up, and goes.
void send_and_go(Field& field, const std::string& bytes, bool waits) {
  Wire wire(field.address);
  wire.send(bytes);
  if (waits) {
    wire.until("\r\n\r\n");
  }
  ++field.done;
}

void garble(Field& field) {
  const std::string all[] = {"\x16\x03\x01\x02garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                             "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
                             "GET / HTTP/1.1\r\nx: " + std::string(100'000, 'a') + "\r\n\r\n"};
  for (std::size_t i = 0; !field.over; ++i) {
    send_and_go(field, all[i % 4], true);
    pause(5);
  }
}

void cut_off(Field& field) {
  const std::string half = field.stream.substr(0, field.stream.size() - 10);
  while (!field.over) {
    send_and_go(field, half, false);
    pause(5);
  }
}

// Three reads of a stream, and away.
void leave(Field& field) {
  while (!field.over) {
    Wire wire(field.address);
    wire.send(field.stream);
    for (int i = 0; i < 3; ++i) {
      wire.until("\n\n");
    }
    ++field.done;
  }
}

// Has finished sending, and hears the stream to its end.
void half_close(Field& field) {
  while (!field.over) {
    Wire wire(field.address);
    wire.send(field.stream);
    wire.finish_sending();
    wire.until("[DONE]");
    ++field.done;
  }
}

// 25 MB in one body, ten times a second at most.
void upload(Field& field) {
  const std::string body(25'000'000, 'x');
  while (!field.over) {
    Wire wire(field.address);
    wire.send("POST /nobody/here HTTP/1.1\r\nhost: a\r\ncontent-length: 25000000\r\n\r\n");
    wire.send(body);
    wire.until("\r\n\r\n");
    ++field.done;
    pause(100);
  }
}

}  // namespace

void run_pests(const Flags& flags) {
  Field field;
  field.address = address_of(flags.text("url"));
  field.target = flags.text("target", "/v1/chat/completions");
  const std::string body =
      R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Go."}]})";
  field.stream = "POST " + field.target +
                 " HTTP/1.1\r\nhost: a\r\ncontent-length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body;
  const std::string kinds = flags.text("kinds", "dawdle garble cut leave half upload");
  std::vector<std::thread> threads;
  const std::pair<const char*, void (*)(Field&)> all[] = {{"dawdle", dawdle},   {"garble", garble},
                                                          {"cut", cut_off},     {"leave", leave},
                                                          {"half", half_close}, {"upload", upload}};
  for (const auto& [name, pest] : all) {
    if (kinds.find(name) != std::string::npos) {
      threads.emplace_back(pest, std::ref(field));
    }
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(flags.number("seconds", 4)));
  field.over = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  Line().number("pests", static_cast<double>(field.done.load())).print();
}

}  // namespace rehearse::perf
