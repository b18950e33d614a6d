// The encodings of values: round trips, damage at every byte; and the order of keys.
#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/envelope.h"
#include "daemon/storage/keys.h"
#include "daemon/storage/part_format.h"
#include "tests/daemon/storage/cut_and_flip.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

PartDirectory sample_directory() {
  PartDirectory directory;
  directory.streams = {LabelSet{{"a", "1"}}, LabelSet{{"a", "2"}}};
  directory.groups = {
      {3, 30, {{0, 1, from_unix_ns(5), from_unix_ns(5)}, {1, 2, from_unix_ns(1), from_unix_ns(9)}}},
      {1, 7, {{1, 1, from_unix_ns(9), from_unix_ns(9)}}}};
  return directory;
}

}  // namespace

TEST_CASE("numbers and strings come back from their encodings") {
  std::string out;
  const std::uint64_t numbers[] = {0, 1, 127, 128, 1ULL << 32, UINT64_MAX};
  const std::int64_t signed_numbers[] = {0, -1, 1, INT64_MIN, INT64_MAX};
  for (const auto n : numbers) put_varint(out, n);
  for (const auto n : signed_numbers) put_zigzag(out, n);
  put_string(out, "text");
  put_labels(out, {{"a", "1"}, {"b", "2"}});
  ByteReader in(out);
  for (const auto n : numbers) CHECK(in.varint() == n);
  for (const auto n : signed_numbers) CHECK(in.zigzag() == n);
  CHECK(in.string() == "text");
  CHECK(in.labels() == LabelSet{{"a", "1"}, {"b", "2"}});
  CHECK(in.finished());
}

TEST_CASE("a reader past its end says so and stays there") {
  ByteReader in(
      std::string_view("\x05"
                       "ab",
                       3));
  CHECK(in.string().empty());
  CHECK(!in.ok());
  CHECK(in.varint() == 0);
  const std::string continued(11, '\xFF');
  ByteReader endless(continued);
  CHECK(endless.varint() == 0);
  CHECK(!endless.ok());
  ByteReader huge_count(std::string_view("\xFF\xFF\xFF\x7F", 4));
  CHECK(huge_count.count(1) == 0);
  CHECK(!huge_count.ok());
}

TEST_CASE("keys sort by day, tenant, part and group, days before 1970 first") {
  const TenantId a("a"), aa("aa"), b("b");
  const std::string ascending[] = {part_key(-1, b, 9),
                                   part_key(0, a, 1),
                                   row_group_key(0, a, 1, 0),
                                   row_group_chunk_key(0, a, 1, 0, 0),
                                   row_group_chunk_key(0, a, 1, 0, 256),
                                   row_group_key(0, a, 1, 256),
                                   part_key(0, a, 2),
                                   part_key(0, aa, 0),
                                   part_key(0, b, 0),
                                   day_key(1),
                                   part_key(1, a, UINT64_MAX)};
  for (std::size_t i = 1; i < std::size(ascending); ++i) {
    INFO(i);
    CHECK(ascending[i - 1] < ascending[i]);
  }
  const auto parsed = parse_part_key(row_group_chunk_key(-3, aa, 77, 5, 9));
  REQUIRE(parsed.has_value());
  CHECK(parsed->day == -3);
  CHECK(parsed->tenant == aa);
  CHECK(parsed->part == 77);
  const std::string rows = sample_value_key(-3, aa, 77, SampleValue::labels, 5);
  CHECK(parse_part_key(rows)->part == 77);
  CHECK(parse_sample_value(rows) == SampleValue::labels);
  CHECK(!parse_sample_value(part_key(-3, aa, 77)));
  CHECK(!parse_part_key("abc"));
  CHECK(!parse_part_key(day_key(0) + "tenant without end"));
}

TEST_CASE("days begin at midnight UTC, before 1970 too") {
  CHECK(day_of(from_unix_ns(0)) == 0);
  CHECK(day_of(from_unix_ns(-1)) == -1);
  CHECK(day_of(from_unix_ns(ns_per_day - 1)) == 0);
  CHECK(day_of(from_unix_ns(-ns_per_day)) == -1);
  CHECK(day_of(Timestamp::min()) == -106752);
  CHECK(day_of_ms(INT64_MIN) == INT32_MIN);
}

TEST_CASE("an envelope opens only under its key and type, unharmed") {
  Metrics metrics;
  const std::string key = "key";
  std::string value(1, static_cast<char>(ValueType::document));
  value += "payload";
  put_fixed64(value, value_checksum(key, ValueType::document, "payload"));
  CHECK(open_envelope(key, ValueType::document, value).value() == "payload");
  CHECK(!open_envelope("kex", ValueType::document, value));
  CHECK(!open_envelope(key, ValueType::mark, value));
  cut_and_flip(value, [&](const std::string& damaged) {
    const bool opened = bool(open_envelope(key, ValueType::document, damaged));
    CHECK_FALSE(opened);
    return opened;
  });
}

TEST_CASE("directory and summary come back") {
  const Timestamp first = from_unix_ns(1);
  const auto payload = encode_directory(sample_directory(), first);
  const auto directory = decode_directory(payload, first);
  REQUIRE(directory.has_value());
  CHECK(directory->streams == sample_directory().streams);
  REQUIRE(directory->groups.size() == 2);
  CHECK(directory->groups[0].runs[1].last == from_unix_ns(9));
  CHECK(directory->groups[1].runs[0].stream == 1);
  cut_and_flip(payload,
               [&](const std::string& damaged) { return bool(decode_directory(damaged, first)); });

  PartSummary summary{4, 37, 20, first, from_unix_ns(9), 12, 2};
  const auto decoded = decode_summary(encode_summary(summary));
  REQUIRE(decoded.has_value());
  CHECK(decoded->rows == 4);
  CHECK(decoded->last == from_unix_ns(9));
  CHECK(decoded->max_sequence == 12);
  cut_and_flip(encode_summary(summary),
               [](const std::string& damaged) { return bool(decode_summary(damaged)); });
}
