#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/openai_embedding.hpp"

using namespace rehearse;
using namespace rehearse::wire;

TEST_CASE("an embedding request survives the wire and counts its tokens") {
  const EmbeddingRequest request{"m", {{"hello", 2}, {"", 0}}, 256, true};
  CHECK(*openai::decode_embedding_request(openai::encode_embedding_request(request)) == request);
  CHECK(openai::decode_embedding_request(R"({"model":"m","input":"12345678"})")->inputs[0].tokens ==
        2);
  CHECK(openai::decode_embedding_request(R"({"model":"m","input":[1,2,3]})")->inputs ==
        std::vector<EmbeddingInput>{{"", 3}});
  CHECK(openai::decode_embedding_request(R"({"model":"m","input":[[1,2],[3]]})")->inputs.size() ==
        2);
}

TEST_CASE("bad embedding requests are refused") {
  for (const char* bad : {"{}", R"({"model":"m","input":[]})", R"({"model":"m","input":5})",
                          R"({"model":"m","input":["a",1]})", R"({"model":"m","input":[[]]})",
                          R"({"model":"m","input":"x","dimensions":0})",
                          R"({"model":"m","input":"x","encoding_format":"hex"})"}) {
    INFO(bad);
    CHECK_FALSE(openai::decode_embedding_request(bad).ok());
  }
}

TEST_CASE("vectors come back exactly, as floats and as base64 of little-endian floats") {
  const EmbeddingReply reply{"m", {{0.1F, -1e-30F, 3}, {}}, 9};
  CHECK(*openai::decode_embedding_reply(openai::encode_embedding_reply(reply, true)) == reply);
  CHECK(*openai::decode_embedding_reply(openai::encode_embedding_reply(reply, false)) == reply);
  const std::string one = openai::encode_embedding_reply({"m", {{1.0F}}, 1}, true);
  CHECK(one.find("\"AACAPw==\"") != std::string::npos);  // 00 00 80 3F
  CHECK(json::parse(one).ok());
  CHECK_FALSE(openai::decode_embedding_reply(R"({"data":[{"embedding":"AAA="}]})").ok());
  CHECK_FALSE(openai::decode_embedding_reply(R"({"data":[{}]})").ok());
  CHECK_FALSE(openai::decode_embedding_reply(R"({"data":[{"embedding":["x"]}]})").ok());
}
