#include "harness/json/read.hpp"
#include "harness/wire/endpoint.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// The first line is a path pattern, the second a target, the rest a body. Whatever they hold, a
// reply of placeholders that is JSON without them is JSON with them, of the size asked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  const auto line = [&rest] {
    const std::string_view out = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(out.size() < rest.size() ? out.size() + 1 : rest.size());
    return std::string(out);
  };
  Endpoint endpoint;
  endpoint.path = line();
  wire::EndpointCall call;
  call.target = line();
  call.body = rest;
  call.id = endpoint.path;
  (void)wire::match_path(endpoint, call.target, &call.path);
  endpoint.reply = R"({"a":"${body.a}","b":"x${body.b.0}","q":"${query.q}","p":"${path.id}",)"
                   R"("i":"${id}","f":"${filler}"})";
  const wire::Response response = wire::render(endpoint, call, 600);
  fuzz::require(response.body.size() >= 600, "a reply is as long as was asked");
  fuzz::require(json::parse(response.body).ok(), "a reply is JSON");
  (void)wire::render({.path = "/", .reply = std::string(rest)}, call, 10);
  return 0;
}
