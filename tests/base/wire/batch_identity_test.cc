#include "base/wire/batch_identity.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

namespace sluice {
namespace {

constexpr std::string_view worked_example =
    "v1;agent=web-1;source=0123456789abcdef0123456789abcdef;start=4096;lens=10x2,42";

BatchIdentity example() {
  BatchIdentity id;
  id.agent = AgentId{"web-1"};
  id.source = "0123456789abcdef0123456789abcdef";
  id.start = 4096;
  id.ends = {4106, 4116, 4158};
  id.end = 4158;
  return id;
}

std::string complaint(std::string_view header) {
  auto parsed = parse_batch_identity(header);
  return parsed ? "accepted" : parsed.error().message;
}

std::string with(std::string_view from, std::string_view to) {
  std::string text(worked_example);
  return text.replace(text.find(from), from.size(), to);
}

BatchIdentity random_identity(std::mt19937_64& random) {
  BatchIdentity id = example();
  id.start = random() >> (random() % 60 + 2);
  id.end = id.start;
  id.ends.clear();
  const std::size_t count = random() % 50 + 1;
  for (std::size_t i = 0; i < count; ++i) id.ends.push_back(id.end += random() % 4 + 1);
  id.gap_is_loss = random() % 2 == 0;
  return id;
}

}  // namespace

TEST_CASE("the page's worked example", "[batch_identity]") {
  CHECK(format_batch_identity(example()) == worked_example);
  CHECK(*parse_batch_identity(worked_example) == example());
}

TEST_CASE("any identity reads back as it was written", "[batch_identity]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 500; ++i) {
    const BatchIdentity id = random_identity(random);
    REQUIRE(*parse_batch_identity(format_batch_identity(id)) == id);
  }
}

TEST_CASE("a header cut anywhere is refused or does not fit its push", "[batch_identity]") {
  const std::string header = format_batch_identity(example()) + ";gap=loss";
  const std::size_t lens = header.find("lens=") + 5;
  for (std::size_t n = 0; n < header.size(); ++n) {
    INFO("cut to " << header.substr(0, n));
    auto cut = parse_batch_identity(header.substr(0, n));
    if (n <= lens) CHECK_FALSE(cut.has_value());
    // Within the last length the number of entries stands, but the end offset does not.
    if (cut && n < worked_example.size()) CHECK(cut->end < example().end);
  }
}

TEST_CASE("bad headers are refused with the byte that is wrong", "[batch_identity]") {
  CHECK(complaint("") == "X-Sluice-Batch: expected \"v1;agent=\" at byte 0");
  CHECK(complaint(with("v1", "v2")).ends_with("expected \"v1;agent=\" at byte 0"));
  CHECK(complaint(with("web-1", "")).ends_with("an agent id at byte 9"));
  CHECK(complaint(with("web-1", std::string(65, 'a'))).ends_with("an agent id at byte 9"));
  CHECK(complaint(with("web-1", "we b")).ends_with("expected \";source=\" at byte 11"));
  CHECK(complaint(with("abcdef;", "ABCDEF;")).find("lower-case hex") != std::string::npos);
  CHECK(complaint(with("4096", "-1")).find("a number") != std::string::npos);
  CHECK(complaint(with("4096", "18446744073709551616")).find("below 2^64") != std::string::npos);
  CHECK(complaint(with("10x2", "0x2")).find("at least 1") != std::string::npos);
  CHECK(complaint(with("10x2", "10x0")).find("at least 1") != std::string::npos);
  CHECK(complaint(with("42", "42,")).find("a number") != std::string::npos);
  CHECK(complaint(with("42", "42;gap=found")).find(";gap=loss") != std::string::npos);
  CHECK(complaint(with("42", "42;gap=loss;x=1")).find("the end") != std::string::npos);
}

TEST_CASE("a short header cannot ask for much", "[batch_identity]") {
  CHECK(complaint(with("10x2,42", "1x65536")) == "accepted");
  CHECK(complaint(with("10x2,42", "1x65536,1")).find("65536 entries") != std::string::npos);
  CHECK(complaint(with("10x2,42", "1x4000000000")).find("65536 entries") != std::string::npos);
  CHECK(complaint(with("10x2,42", "9223372036854775807x3")).find("2^64") != std::string::npos);
  CHECK(complaint(std::string(60'001, '1')).find("60000 bytes") != std::string::npos);
}

}  // namespace sluice
