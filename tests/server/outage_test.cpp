#include "mocks/server/outage.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;

namespace {

Instant at(double seconds) { return Instant() + Duration::from_seconds(seconds); }

std::string out(const char* when) { return std::string(R"({"faults":{"outage":{)") + when + "}}}"; }

sockaddr_in address_of(const std::string& url) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  return address;
}

// 0, or the error that a connection meets.
int connect_error(const std::string& url) {
  const sockaddr_in address = address_of(url);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const int error = ::connect(socket, generic, sizeof address) == 0 ? 0 : errno;
  ::close(socket);
  return error;
}

void wait_for_connect(const std::string& url, int error) {
  while (connect_error(url) != error) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

TEST_CASE("a server is out while every provider refuses all its calls, and then only") {
  const Mount often = mount("a", "openai", out(R"("during":["2s","4s"],"every":"10s")"));
  const Mount once = mount("b", "ollama", out(R"("during":["1s","3s"])"));
  const std::vector<Mount> both = {often, once};
  const Outage outage(both);
  CHECK_FALSE(outage.covers(at(1.5)));
  CHECK(outage.covers(at(2)));
  CHECK_FALSE(outage.covers(at(3)));
  CHECK_FALSE(outage.covers(at(12.5)));
  CHECK(outage.next_change(at(0)) == at(1));
  CHECK(outage.next_change(at(2)) == at(3));
  CHECK(outage.next_change(at(4)) == at(12));
  CHECK(outage.next_change(at(12)) == at(14));

  const std::vector<Mount> frequent = {often};
  CHECK(Outage(frequent).covers(at(23)));
  const std::vector<Mount> healthy = {often, mount("b", "ollama")};
  CHECK(Outage(healthy).next_change(at(0)) == Instant::never());
  CHECK_FALSE(Outage(healthy).covers(at(2)));
  const std::vector<Mount> partly = {
      mount("a", "openai", out(R"("operation":"chat","during":["0s","9s"])"))};
  CHECK_FALSE(Outage(partly).covers(at(1)));
  const std::vector<Mount> rarely = {
      mount("a", "openai", out(R"("probability":0.5,"during":["0s","9s"])"))};
  CHECK_FALSE(Outage(rarely).covers(at(1)));
}

TEST_CASE("nothing listens in an outage, and the same port answers after it") {
  auto failing = options(1);
  failing.mounts = {mount("openai", "openai", out(R"("during":["150ms","600ms"])"))};
  failing.closes_in_outage = true;
  const auto server = start(std::move(failing));
  const std::string url = server->url();
  wait_for_connect(url, ECONNREFUSED);
  wait_for_connect(url, 0);
  CHECK(call(*server, "GET", "/v1/models").status == 200);
  CHECK(server->url() == url);
}

TEST_CASE("a server that is out at its start opens when it is over") {
  auto failing = options(1);
  failing.mounts = {mount("openai", "openai", out(R"("during":["0s","300ms"])"))};
  failing.closes_in_outage = true;
  const auto server = start(std::move(failing));
  wait_for_connect(server->url(), 0);
  CHECK(call(*server, "GET", "/v1/models").status == 200);
}

TEST_CASE("a server whose port was taken in an outage opens once it is free again") {
  auto failing = options(1);
  failing.mounts = {mount("openai", "openai", out(R"("during":["150ms","600ms"])"))};
  failing.closes_in_outage = true;
  const auto server = start(std::move(failing));
  wait_for_connect(server->url(), ECONNREFUSED);
  const sockaddr_in address = address_of(server->url());
  const int thief = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  REQUIRE(::bind(thief, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(thief, 1) == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  ::close(thief);
  wait_for_connect(server->url(), ECONNREFUSED);
  wait_for_connect(server->url(), 0);
  CHECK(call(*server, "GET", "/v1/models").status == 200);
}
