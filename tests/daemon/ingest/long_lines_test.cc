// Lines over the limit: in parts, with their start, or refused; always counted.
#include "daemon/ingest/long_lines.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <deque>
#include <random>

#include "tests/daemon/ingest/ingest_fixture.h"

using namespace sluice;
using namespace sluice::ingest;
using namespace sluice::ingest::test;
using namespace sluice::storage::test;

namespace {

Limits limits_of(std::size_t line_bytes, LongLinePolicy policy) {
  Limits limits;
  limits.line_bytes = line_bytes;
  limits.long_lines = policy;
  return limits;
}

PushStream stream_of(std::vector<std::string> lines) {
  static std::deque<std::string> owned;  // what the views point to, for as long as tests run
  PushStream stream;
  stream.labels = {{"app", "web"}};
  std::int64_t time = 1'000;
  for (auto& line : lines)
    stream.entries.push_back(
        {from_unix_ns(++time), owned.emplace_back(std::move(line)), {{"trace", "t1"}}});
  return stream;
}

std::vector<std::string> lines_of(const PushStream& stream) {
  std::vector<std::string> lines;
  for (const auto& entry : stream.entries) lines.emplace_back(entry.line);
  return lines;
}

std::vector<std::string> parts_of(const PushStream& stream) {
  std::vector<std::string> parts;
  for (const auto& entry : stream.entries)
    parts.emplace_back(entry.metadata.get("line_part"));
  return parts;
}

std::string random_bytes(std::mt19937_64& random, std::size_t most) {
  static const std::string_view pieces[] = {"a",    "é",    "€", "😀",
                                            "\x80", "\xff", std::string_view("\0", 1)};
  std::string text;
  for (std::size_t n = random() % most; n > 0; --n) text += pieces[random() % std::size(pieces)];
  return text;
}

}  // namespace

TEST_CASE("a long line is split into marked parts with its time and metadata") {
  auto stream = stream_of({"short", "0123456789abc", "x"});
  BatchIdentity identity;
  identity.ends = {6, 20, 22};
  const auto done = cut_long_lines(stream, &identity, limits_of(5, LongLinePolicy::split));
  CHECK(done.split == 1);
  CHECK(done.truncated == 0);
  CHECK(lines_of(stream) == std::vector<std::string>{"short", "01234", "56789", "abc", "x"});
  CHECK(parts_of(stream) == std::vector<std::string>{"", "first", "middle", "last", ""});
  for (int i = 1; i <= 3; ++i) {
    CHECK(stream.entries[i].timestamp == from_unix_ns(1'002));
    CHECK(stream.entries[i].metadata.get("trace") == "t1");
  }
  CHECK(identity.ends == std::vector<std::uint64_t>{6, 20, 20, 20, 22});
}

TEST_CASE("a truncated line keeps its start and tells what went") {
  auto stream = stream_of({"0123456789abc", "ok"});
  const auto done = cut_long_lines(stream, nullptr, limits_of(5, LongLinePolicy::truncate));
  CHECK(done.truncated == 1);
  CHECK(lines_of(stream) == std::vector<std::string>{"01234", "ok"});
  CHECK(stream.entries[0].metadata.get("line_cut_bytes") == "8");
  CHECK(stream.entries[1].metadata.get("line_cut_bytes").empty());
}

TEST_CASE("refusing and short lines leave everything as it is") {
  auto stream = stream_of({"0123456789abc"});
  CHECK(cut_long_lines(stream, nullptr, limits_of(5, LongLinePolicy::refuse)).split == 0);
  CHECK(cut_long_lines(stream, nullptr, limits_of(13, LongLinePolicy::split)).split == 0);
  CHECK(lines_of(stream) == std::vector<std::string>{"0123456789abc"});
}

TEST_CASE("a cut does not fall into a character") {
  auto stream = stream_of({"ab€cd", "\x80\x80\x80\x80\x80\x80"});
  cut_long_lines(stream, nullptr, limits_of(4, LongLinePolicy::split));
  CHECK(lines_of(stream) ==
        std::vector<std::string>{"ab", "€c", "d", "\x80\x80\x80\x80", "\x80\x80"});
}

TEST_CASE("parts of any bytes together are the line, and none is over the limit") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    const std::string line = random_bytes(random, 60);
    const std::size_t limit = 1 + random() % 12;
    auto stream = stream_of({line});
    cut_long_lines(stream, nullptr, limits_of(limit, LongLinePolicy::split));
    std::string joined;
    for (const auto& part : lines_of(stream)) {
      REQUIRE(part.size() <= limit);
      joined += part;
    }
    REQUIRE(joined == line);
  }
}

TEST_CASE_METHOD(IngestFixture, "a pushed line over the limit is stored in parts and counted") {
  limits.line_bytes = 8;
  const std::string now_text = std::to_string(noon);
  const auto response = push_json(R"({"streams":[{"stream":{"a":"b"},"values":[[")" + now_text +
                                  R"(","0123456789"]]}]})");
  CHECK(response.status == 204);
  CHECK(lines() == std::vector<std::string>{"01234567", "89"});
  CHECK_THAT(metrics.serialize(),
             Catch::Matchers::ContainsSubstring(
                 R"(sluice_ingest_long_lines_total{action="split",protocol="loki"} 1)"));
}

TEST_CASE("the entries of a push count after its long lines are split") {
  auto limits = limits_of(8, LongLinePolicy::split);
  const std::vector<PushStream> streams{stream_of({std::string(40, 'x'), "short"})};
  limits.entries_per_push = 9;  // at most eight parts, as many as 5 bytes each take
  CHECK(bool(check_split(streams, limits)));
  limits.entries_per_push = 8;
  const auto refused = check_split(streams, limits);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(refused.error().message,
             Catch::Matchers::ContainsSubstring("push of 9 entries once long lines are cut"));
  limits.long_lines = LongLinePolicy::truncate;
  CHECK(bool(check_split(streams, limits)));
}

TEST_CASE("metadata is not copied into parts without bound") {
  auto limits = limits_of(8, LongLinePolicy::split);
  auto stream = stream_of({std::string(40, 'x'), "short"});
  for (auto& entry : stream.entries) entry.metadata = {{"trace", std::string(95, 't')}};
  limits.push_body_bytes = 700;  // seven copies; that of the short line is none
  CHECK(bool(check_split({stream}, limits)));
  limits.push_body_bytes = 699;
  const auto refused = check_split({stream}, limits);
  REQUIRE(refused.has_error());
  CHECK_THAT(refused.error().message,
             Catch::Matchers::ContainsSubstring("700 bytes of structured metadata to copy"));
}

TEST_CASE("no line of any bytes is split into more parts than were counted") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    auto limits = limits_of(1 + random() % 12, LongLinePolicy::split);
    auto stream = stream_of({random_bytes(random, 60)});
    limits.entries_per_push = random() % 40;
    const bool fits = bool(check_split({stream}, limits));
    cut_long_lines(stream, nullptr, limits);
    if (fits) REQUIRE(stream.entries.size() <= limits.entries_per_push);
  }
}

TEST_CASE_METHOD(IngestFixture, "what marks a part is not held against the client's metadata") {
  limits.line_bytes = 8;
  limits.metadata_entries = 1;
  const std::string push = R"({"streams":[{"stream":{"a":"b"},"values":[[")" +
                           std::to_string(noon) + R"(","0123456789",{"k":"v"}]]}]})";
  CHECK(push_json(push).status == 204);
  CHECK(lines() == std::vector<std::string>{"01234567", "89"});
}

TEST_CASE_METHOD(IngestFixture, "a push that splitting makes too large is refused as a whole") {
  limits.line_bytes = 8;
  limits.entries_per_push = 2;
  const auto response =
      push_json(R"({"streams":[{"stream":{"a":"b"},"values":[[")" + std::to_string(noon) +
                R"(","0123456789abcdef"]]}]})");
  CHECK(response.status == 400);
  CHECK_THAT(response.body, Catch::Matchers::ContainsSubstring("limit 2; send smaller batches"));
  CHECK(lines().empty());
}
