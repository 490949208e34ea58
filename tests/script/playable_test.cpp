#include <catch2/catch.hpp>
#include <vector>

#include "mocks/script/audio.hpp"

#ifdef REHEARSE_SNDFILE
#include <sndfile.h>
#endif
#ifdef REHEARSE_FAAD
#include <neaacdec.h>
#endif

using namespace rehearse;
using namespace rehearse::script;
using wire::AudioFormat;

// What libraries that play audio make of ours, to its last frame.

#ifdef REHEARSE_SNDFILE
namespace {

struct Bytes {
  std::string data;
  sf_count_t at = 0;
};

sf_count_t length_of(void* user) {
  return static_cast<sf_count_t>(static_cast<Bytes*>(user)->data.size());
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto& bytes = *static_cast<Bytes*>(user);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? bytes.at : length_of(user);
  return bytes.at = from + offset;
}

sf_count_t read(void* out, sf_count_t count, void* user) {
  auto& bytes = *static_cast<Bytes*>(user);
  const sf_count_t got = std::max<sf_count_t>(std::min(count, length_of(user) - bytes.at), 0);
  bytes.data.copy(static_cast<char*>(out), static_cast<std::size_t>(got),
                  static_cast<std::size_t>(bytes.at));
  bytes.at += got;
  return got;
}

sf_count_t write(const void*, sf_count_t, void*) { return 0; }

sf_count_t tell(void* user) { return static_cast<Bytes*>(user)->at; }

// Seconds that it decodes; negative where it does not.
double played(const std::string& data) {
  Bytes bytes{data};
  SF_VIRTUAL_IO io{length_of, seek, read, write, tell};
  SF_INFO info{};
  SNDFILE* file = sf_open_virtual(&io, SFM_READ, &info, &bytes);
  if (file == nullptr) {
    return -1;
  }
  std::vector<short> block(std::size_t{4096} * static_cast<std::size_t>(info.channels));
  sf_count_t frames = 0;
  for (sf_count_t got = 1; got > 0; frames += got) {
    got = sf_readf_short(file, block.data(), 4096);
  }
  const bool good = sf_error(file) == SF_ERR_NO_ERROR;
  sf_close(file);
  return good ? static_cast<double>(frames) / info.samplerate : -2;
}

}  // namespace

TEST_CASE("libsndfile plays WAV, FLAC, Opus and MP3 to their end") {
  for (const double seconds : {0.2, 1.0, 7.3, 65.0}) {
    for (const AudioFormat format :
         {AudioFormat::Wav, AudioFormat::Flac, AudioFormat::Opus, AudioFormat::Mp3}) {
      INFO(wire::audio_format_name(format) << " of " << seconds << " s");
      CHECK(played(*make_audio({format, seconds, 3})) == Approx(seconds).margin(0.05));
    }
  }
  CHECK(played("not audio at all") < 0);
}
#else
TEST_CASE("libsndfile plays WAV, FLAC, Opus and MP3 to their end") {
  WARN("skipped: built without libsndfile1-dev");
}
#endif

#ifdef REHEARSE_FAAD
TEST_CASE("libfaad plays AAC to its end") {
  constexpr double kSeconds = 3;
  std::string aac = *make_audio({AudioFormat::Aac, kSeconds, 3});
  aac.erase(0, aac.find('\xFF'));  // the tag, which players skip
  NeAACDecHandle decoder = NeAACDecOpen();
  NeAACDecConfigurationPtr settings = NeAACDecGetCurrentConfiguration(decoder);
  settings->dontUpSampleImplicitSBR = 1;  // as it was sampled, not twice that
  REQUIRE(NeAACDecSetConfiguration(decoder, settings) != 0);
  unsigned long rate = 0;
  unsigned char channels = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(aac.data());
  REQUIRE(NeAACDecInit(decoder, bytes, aac.size(), &rate, &channels) >= 0);
  CHECK(rate == kSampleRate);
  unsigned long samples = 0;
  for (std::size_t at = 0; at < aac.size();) {
    NeAACDecFrameInfo info{};
    NeAACDecDecode(decoder, &info, bytes + at, aac.size() - at);
    REQUIRE(info.error == 0);
    REQUIRE(info.bytesconsumed > 0);
    at += info.bytesconsumed;
    samples += 1024;
  }
  NeAACDecClose(decoder);
  CHECK(static_cast<double>(samples) / kSampleRate == Approx(kSeconds).margin(0.05));
}
#else
TEST_CASE("libfaad plays AAC to its end") { WARN("skipped: built without libfaad-dev"); }
#endif
