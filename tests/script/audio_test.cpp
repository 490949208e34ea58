#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "harness/wire/audio_seconds.hpp"
#include "mocks/script/audio.hpp"

using namespace rehearse;
using namespace rehearse::script;
using wire::AudioFormat;

TEST_CASE("audio plays as long as was asked, by its own header") {
  for (const double seconds : {0.1, 1.0, 12.345, 60.0}) {
    INFO(seconds << " s");
    const auto wav = wire::audio_seconds(*make_audio({AudioFormat::Wav, seconds, 1}));
    CHECK(wav.from_header);
    CHECK(wav.container == wire::AudioContainer::Wav);
    CHECK(std::abs(wav.seconds - seconds) <= 0.5 / kSampleRate);
    const auto mp3 = wire::audio_seconds(*make_audio({AudioFormat::Mp3, seconds, 1}));
    CHECK(mp3.from_header);
    CHECK(mp3.container == wire::AudioContainer::Mp3);
    CHECK(std::abs(mp3.seconds - seconds) <= kMp3FrameSeconds / 2 + 1e-9);
    for (const AudioFormat format : {AudioFormat::Opus, AudioFormat::Flac}) {
      const auto exact = wire::audio_seconds(*make_audio({format, seconds, 1}));
      CHECK(exact.from_header);
      CHECK(std::abs(exact.seconds - seconds) <= 0.5 / kSampleRate);
    }
    const auto aac = wire::audio_seconds(*make_audio({AudioFormat::Aac, seconds, 1}));
    CHECK(aac.from_header);
    CHECK(aac.container == wire::AudioContainer::Aac);
    CHECK(std::abs(aac.seconds - seconds) <= 0.5 * 1024 / kSampleRate + 1e-9);
    CHECK(make_audio({AudioFormat::Pcm, seconds, 1})->size() ==
          static_cast<std::size_t>(std::lround(seconds * kSampleRate)) * 2);
  }
}

TEST_CASE("an MP3 weighs its bit rate and a WAV says its own length") {
  const auto mp3 = make_audio({AudioFormat::Mp3, 60, 1});
  CHECK(static_cast<double>(mp3->size()) == Approx(60 * 8000).epsilon(0.001));
  const auto wav = make_audio({AudioFormat::Wav, 0, 1});
  CHECK(wav->size() == 44);
}

TEST_CASE("the same content gives the same audio and another gives another") {
  for (const AudioFormat format : {AudioFormat::Wav, AudioFormat::Mp3, AudioFormat::Pcm,
                                   AudioFormat::Opus, AudioFormat::Aac, AudioFormat::Flac}) {
    CHECK(*make_audio({format, 1, 5}) == *make_audio({format, 1, 5}));
    CHECK(*make_audio({format, 1, 5}) != *make_audio({format, 1, 6}));
  }
}

TEST_CASE("absurd lengths are refused") {
  CHECK_FALSE(make_audio({AudioFormat::Wav, -1, 1}).ok());
  CHECK_FALSE(make_audio({AudioFormat::Wav, 3601, 1}).ok());
  CHECK_FALSE(make_audio({AudioFormat::Wav, std::numeric_limits<double>::quiet_NaN(), 1}).ok());
}

TEST_CASE("speech takes the time of its characters") {
  CHECK(speech_seconds(150, 1) == Approx(10));
  CHECK(speech_seconds(150, 2) == Approx(5));
  CHECK(speech_seconds(0, 1) > 0);
}
