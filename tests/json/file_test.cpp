#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/json/read.hpp"

using namespace rehearse;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "rehearse-json-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  fs::path path() const { return path_; }

 private:
  fs::path path_;
};

std::string error_of(const fs::path& path, const json::Limits& limits = {}) {
  const auto value = json::read_file(path, limits);
  REQUIRE_FALSE(value.ok());
  CHECK(value.errors().size() == 1);
  CHECK(value.error().text().find('\n') == std::string::npos);
  return value.error().text();
}

}  // namespace

TEST_CASE("a file is read and its name stands before every position") {
  const Folder folder;
  CHECK(json::read_file(folder.file("a.json", "{\"x\": 1}"))->find("x")->as_integer() == 1);
  const fs::path bad = folder.file("b.json", "{\n\"x\" 1}");
  CHECK(error_of(bad) == bad.string() + ":2:5: expected ':', found \"1}\"");
}

TEST_CASE("missing files, directories and empty files have one clear line") {
  const Folder folder;
  CHECK(error_of(folder.path() / "no").ends_with("found nothing of that name"));
  CHECK(error_of(folder.path()).ends_with("expected a JSON file, found a directory"));
  CHECK(error_of(folder.file("e", "")).ends_with("found the end of the text"));
  CHECK(error_of(folder.file("f", "x") / "under").find("expected a readable file") !=
        std::string::npos);
}

TEST_CASE("an endless device and a named pipe without a writer end at once") {
  const Folder folder;
  CHECK(error_of("/dev/zero").find("at most 16777216 bytes") != std::string::npos);
  CHECK(error_of("/dev/null").find("found the end of the text") != std::string::npos);
  const fs::path pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of(pipe).find("found the end of the text") != std::string::npos);
}

TEST_CASE("a pipe with a writer is read to its end") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "[1,2]", 5) == 5);
  ::close(ends[1]);
  const auto value = json::read_file("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  REQUIRE(value.ok());
  CHECK(value->items().size() == 2);
}

TEST_CASE("a file one byte past the limit is refused before it is parsed") {
  const Folder folder;
  json::Limits limits;
  limits.bytes = 10;
  CHECK(json::read_file(folder.file("ten", "[12345678]"), limits).ok());
  CHECK(error_of(folder.file("more", "[123456789]"), limits)
            .ends_with("expected a JSON file of at most 10 bytes, found more"));
}
