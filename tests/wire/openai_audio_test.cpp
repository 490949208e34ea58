#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/openai_audio.hpp"

using namespace rehearse;
using namespace rehearse::wire;

TEST_CASE("a speech request survives the wire and its formats are known") {
  const SpeechRequest request{"tts-1", "say \"it\"", "nova", AudioFormat::Wav, 1.5};
  CHECK(*openai::decode_speech_request(openai::encode_speech_request(request)) == request);
  CHECK(openai::decode_speech_request(R"({"model":"m","input":"x"})")->format == AudioFormat::Mp3);
  CHECK(openai::decode_speech_request(R"({"model":"m","input":"x","voice":{"id":"v"}})")->voice ==
        "v");
  for (const char* bad : {"{}", R"({"model":"m","input":"x","response_format":"midi"})",
                          R"({"model":"m","input":"x","speed":9})", "nope"}) {
    INFO(bad);
    CHECK_FALSE(openai::decode_speech_request(bad).ok());
  }
  for (const char* name : {"mp3", "opus", "aac", "flac", "wav", "pcm"}) {
    CHECK(audio_format_name(*parse_audio_format(name)) == name);
  }
}

TEST_CASE("a transcription request survives its multipart body") {
  TranscriptionRequest request{"whisper-1", "talk.mp3", "ID3\r\n--\xFF",
                               "en",        "names",    TranscriptFormat::VerboseJson};
  const Request http = openai::encode_transcription_request(request, "/v1/audio/transcriptions");
  const auto back = openai::decode_transcription_request(http);
  REQUIRE(back.ok());
  CHECK(*back == request);
}

TEST_CASE("a transcription request without a file, model or known format is refused") {
  CHECK(openai::decode_transcription_request(std::vector<Part>()).errors().size() == 2);
  CHECK_FALSE(
      openai::decode_transcription_request(
          {{"file", "f", "", "x"}, {"model", "", "", "m"}, {"response_format", "", "", "q"}})
          .ok());
  CHECK_FALSE(openai::decode_transcription_request(Request{}).ok());
}

TEST_CASE("transcripts come back in each format with what it can carry") {
  const TranscriptionReply reply{"one two", 4.5, "english", {{0, 2, "one"}, {2, 4.5, "two"}}};
  const auto verbose = openai::decode_transcription_reply(
      openai::encode_transcription_reply(reply, TranscriptFormat::VerboseJson));
  REQUIRE(verbose.ok());
  CHECK(*verbose == reply);
  const auto plain = openai::decode_transcription_reply(
      openai::encode_transcription_reply(reply, TranscriptFormat::Json));
  CHECK(plain->text == "one two");
  CHECK(plain->seconds == 5);  // billed seconds are whole
  const auto text = openai::decode_transcription_reply(
      openai::encode_transcription_reply(reply, TranscriptFormat::Text));
  CHECK(text->text == "one two");
  CHECK_FALSE(text->seconds.has_value());
  CHECK(openai::encode_transcription_reply(reply, TranscriptFormat::Srt).body ==
        "1\n00:00:00,000 --> 00:00:02,000\none\n\n2\n00:00:02,000 --> 00:00:04,500\ntwo\n\n");
  CHECK(openai::encode_transcription_reply(reply, TranscriptFormat::Vtt)
            .body.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\none\n"));
}

TEST_CASE("a broken transcription reply is an error") {
  CHECK_FALSE(openai::decode_transcription_reply(json_response(200, "{}")).ok());
  CHECK_FALSE(openai::decode_transcription_reply(json_response(200, "[")).ok());
  CHECK_FALSE(
      openai::decode_transcription_reply(json_response(200, R"({"text":"x","segments":[1]})"))
          .ok());
}
