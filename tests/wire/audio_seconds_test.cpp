#include <catch2/catch.hpp>
#include <string>

#include "harness/wire/audio_seconds.hpp"

using namespace rehearse::wire;

namespace {

std::string little(std::uint64_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
  }
  return out;
}

std::string big(std::uint64_t value, int count) {
  const std::string out = little(value, count);
  return {out.rbegin(), out.rend()};
}

std::string wav(std::uint32_t data_length, std::size_t bytes) {
  const std::string format = little(1, 2) + little(1, 2) + little(8000, 4) + little(16'000, 4) +
                             little(2, 2) + little(16, 2);
  return "RIFF" + little(0, 4) + "WAVE" + "LIST" + little(3, 4) + "abc" + std::string(1, '\0') +
         "fmt " + little(16, 4) + format + "data" + little(data_length, 4) +
         std::string(bytes, '\0');
}

// MPEG 1 layer III, 128 kbit/s, 44.1 kHz, stereo: 417 bytes and 1,152 samples a frame.
std::string mp3_frame(const std::string& content = "") {
  std::string frame = "\xFF\xFB\x90\x44" + content;
  frame.resize(417);
  return frame;
}

std::string box(const std::string& kind, const std::string& content) {
  return big(8 + content.size(), 4) + kind + content;
}

std::string ogg_page(std::uint64_t granule, const std::string& content) {
  return std::string("OggS") + '\0' + '\0' + little(granule, 8) + little(1, 4) + little(0, 4) +
         little(0, 4) + '\1' + static_cast<char>(content.size()) + content;
}

}  // namespace

TEST_CASE("a WAV file plays its data bytes over its byte rate") {
  CHECK(audio_seconds(wav(32'000, 32'000)).seconds == 2);
  CHECK(audio_seconds(wav(32'000, 32'000)).container == AudioContainer::Wav);
  CHECK(audio_seconds(wav(0xFFFF'FFFF, 16'000)).seconds == 1);
  CHECK(audio_seconds(wav(0, 16'000)).seconds == 1);
  CHECK(audio_seconds(wav(32'000, 8'000)).seconds == 0.5);  // cut off
}

TEST_CASE("an MP3 file plays its frames, or as many as its Xing tag counts") {
  std::string frames;
  for (int i = 0; i < 100; ++i) {
    frames += mp3_frame();
  }
  CHECK(audio_seconds(frames).seconds == Approx(100 * 1152 / 44'100.0));
  const std::string tag = std::string("ID3\x04\0\0\0\0\x01\x00", 10) + std::string(128, ' ');
  CHECK(audio_seconds(tag + frames).seconds == Approx(100 * 1152 / 44'100.0));
  const std::string xing =
      mp3_frame(std::string(32, '\0') + "Xing" + big(1, 4) + big(5'000, 4)) + frames;
  CHECK(audio_seconds(xing).seconds == Approx(5'000 * 1152 / 44'100.0));
  CHECK(audio_seconds(xing).from_header);
}

TEST_CASE("an OGG file plays to its last granule position") {
  const std::string opus =
      ogg_page(0, "OpusHead" + little(1, 1) + little(1, 1) + little(312, 2) + little(48'000, 4)) +
      ogg_page(96'312, "x");
  CHECK(audio_seconds(opus).seconds == 2);
  const std::string vorbis =
      ogg_page(0, "\x01vorbis" + little(0, 4) + little(1, 1) + little(22'050, 4)) +
      ogg_page(44'100, "x");
  CHECK(audio_seconds(vorbis).seconds == 2);
  CHECK(audio_seconds(vorbis).container == AudioContainer::Ogg);
}

TEST_CASE("an MP4 file plays as long as its movie header says") {
  const std::string narrow = big(0, 12) + big(600, 4) + big(1'500, 4) + std::string(80, '\0');
  CHECK(audio_seconds(box("ftyp", "M4A ") + box("free", "xx") +
                      box("moov", box("udta", "") + box("mvhd", narrow)))
            .seconds == 2.5);
  const std::string wide =
      big(1, 1) + big(0, 19) + big(1'000, 4) + big(4'000, 8) + std::string(80, '\0');
  CHECK(audio_seconds(box("ftyp", "M4A ") + box("moov", box("mvhd", wide))).seconds == 4);
}

TEST_CASE("what cannot be read is estimated from its bytes and says so") {
  CHECK(audio_seconds("").seconds == 0);
  CHECK_FALSE(audio_seconds("").from_header);
  CHECK(audio_seconds(std::string(32'000, 'x')).seconds == 2);
  for (const std::string& broken :
       {std::string("RIFF....WAVE"), std::string("OggS"), box("ftyp", "M4A "),
        box("ftyp", "M4A ") + box("moov", ""), std::string("ID3"), std::string("\xFF\xFB"),
        std::string("RIFF....WAVEfmt \xFF\xFF\xFF\xFF")}) {
    const AudioLength length = audio_seconds(broken);
    CHECK_FALSE(length.from_header);
    CHECK(length.seconds < 1);
  }
}

TEST_CASE("no file is longer than a million seconds") {
  const std::string narrow = big(0, 12) + big(1, 4) + big(0xFFFF'FFFF, 4) + std::string(80, '\0');
  const AudioLength length = audio_seconds(box("ftyp", "M4A ") + box("moov", box("mvhd", narrow)));
  CHECK_FALSE(length.from_header);
  CHECK(length.seconds < 1);
}
