#include <catch2/catch.hpp>

#include "harness/study/claim_range.hpp"
#include "harness/study/report_check.hpp"
#include "scenarios/load.hpp"

using namespace rehearse;
using record::ClaimVerdict;

namespace {

// The opinions on the claims of a scenario with two stages and a variant.
std::vector<record::ClaimOpinion> opinions(const std::string& claims) {
  const std::string text =
      R"({ "scenario": "report", "stages": {
             "draft": { "local": { "io": "4s" } }, "image": { "local": { "io": "6s" } } },
           "variants": { "fast": { "change": {
             "stages": { "image": { "local": { "io": "2s" } } } } } },
           "claims": [)" +
      claims + "] }";
  const auto file = scenarios::parse_scenario(text, "report.json", ".");
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  return study::check_report(file->claims());
}

ClaimVerdict last(const std::string& claims) { return opinions(claims).back().verdict; }

const std::string kStages =
    R"({ "id": "draft", "source": "r:1", "of": "stage draft", "is": "4s" },
       { "id": "image", "source": "r:2", "of": "stage image", "is": "6s" },)";

}  // namespace

TEST_CASE("parts must add up to their total, end by end") {
  const std::string sum = R"({ "id": "sum", "source": "r:3", "parts": ["draft", "stage image"], )";
  CHECK(last(kStages + sum + R"("sums_to": "10s" })") == ClaimVerdict::Holds);
  CHECK(last(kStages + sum + R"("sums_to": "10.9s" })") == ClaimVerdict::Holds);
  CHECK(last(kStages + sum + R"("sums_to": "13s" })") == ClaimVerdict::Fails);
  CHECK(last(kStages + sum + R"("sums_to": ["9s", "12s"] })") == ClaimVerdict::Holds);
  CHECK(last(R"({ "id": "sum", "source": "r:3", "parts": ["stage image"], "sums_to": "6s" })") ==
        ClaimVerdict::CannotBeJudged);
}

TEST_CASE("two figures of one thing contradict each other, and what was measured is right") {
  const std::string estimate = R"({ "id": "a", "source": "r:1", "is": ["20s", "30s"] },)";
  const std::string measured =
      R"({ "id": "b", "source": "r:2", "basis": "measured", "is": "10s" })";
  const auto both = opinions(estimate + measured);
  CHECK(both[0].verdict == ClaimVerdict::Fails);
  CHECK(both[0].why.find("measured 10.0 s (r:2)") != std::string::npos);
  CHECK(both[1].verdict == ClaimVerdict::Holds);
  CHECK(last(estimate + R"({ "id": "b", "source": "r:2", "is": "25s" })") == ClaimVerdict::Holds);
  CHECK(last(R"({ "id": "b", "source": "r:2", "is": "25s" })") == ClaimVerdict::CannotBeJudged);
}

TEST_CASE("a saving is held against the times before and after") {
  const std::string times = R"({ "id": "before", "source": "r:1", "is": "10s" },
                               { "id": "after", "source": "r:2", "with": ["fast"], "is": "6s" },)";
  const std::string saves = R"({ "id": "s", "source": "r:3", "with": ["fast"], "saves": )";
  CHECK(last(times + saves + R"("4s" })") == ClaimVerdict::Holds);
  CHECK(last(times + saves + R"("40%" })") == ClaimVerdict::Holds);
  CHECK(last(times + saves + R"("7s" })") == ClaimVerdict::Fails);
  CHECK(last(times + saves + R"("70%" })") == ClaimVerdict::Fails);
  CHECK(last(times + R"({ "id": "s", "source": "r:3", "with": ["fast"], "times": 1.7 })") ==
        ClaimVerdict::Holds);
}

TEST_CASE("nothing saves more than all there is") {
  const std::string before = R"({ "id": "before", "source": "r:1", "is": "10s" },)";
  CHECK(last(before + R"({ "id": "s", "source": "r:3", "with": ["fast"], "saves": "15s" })") ==
        ClaimVerdict::Fails);
}

TEST_CASE("a target is met by the report's own figure or not") {
  const std::string own = R"({ "id": "own", "source": "r:1", "with": ["fast"], "is": "5.3s" },)";
  CHECK(last(own + R"({ "id": "t", "source": "r:2", "with": ["fast"], "meets": "5s" })") ==
        ClaimVerdict::Fails);
  CHECK(last(own + R"({ "id": "t", "source": "r:2", "with": ["fast"], "meets": "6s" })") ==
        ClaimVerdict::Holds);
}

TEST_CASE("a share is held against its part and its whole") {
  const std::string whole = kStages + R"({ "id": "all", "source": "r:4", "is": "10s" },)";
  const std::string share = R"({ "id": "s", "source": "r:5", "of": "stage image", "share": )";
  CHECK(last(whole + share + R"("60%" })") == ClaimVerdict::Holds);
  CHECK(last(whole + share + R"("80%" })") == ClaimVerdict::Fails);
}

TEST_CASE("ranges are written in the reader's units") {
  CHECK(study::range_text({4, 5}, "s") == "4.00 to 5.00 s");
  CHECK(study::range_text({0.1, 0.1}, "s") == "100 ms");
  CHECK(study::range_text({1800, 3600}, "s") == "30.0 to 60.0 min");
  CHECK(study::range_text({0.67, 0.67}, "%") == "67.0%");
  CHECK(study::value_text(0, "s") == "0 s");
}
