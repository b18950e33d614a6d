// Text columns with patterns: chosen where they are smaller, exact, and bounded for damaged bytes.

#include "base/types/ascii.h"
#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/columns/value_splitter.h"
#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

constexpr std::uint8_t text_encoding = 2;
constexpr std::uint8_t pattern_encoding = 13;

std::string cut(std::string_view value) {
  std::vector<SlotRange> slots;
  split_value(value, slots);
  std::string out;
  std::size_t at = 0;
  for (const SlotRange& slot : slots) {
    out.append(value, at, slot.begin - at).append("<");
    out.append(value, slot.begin, slot.end - slot.begin).append(">");
    at = slot.end;
  }
  return out.append(value, at);
}

std::vector<std::string> messages(std::size_t rows, std::mt19937_64& random) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string n = std::to_string(random() % 100'000'000);
    switch (random() % 3) {
      case 0: values.push_back("user " + n + " logged in after " + n.substr(0, 2) + ".5ms"); break;
      case 1: values.push_back("blk_" + n); break;
      default: values.push_back("order " + std::to_string(i) + " accepted: total " + n + " EUR");
    }
  }
  return values;
}

Result<SlotColumn> decode(std::string_view payload, std::size_t rows) {
  ByteReader in("\x0d");
  const ColumnInfo info = read_column_info(in).value();
  return decode_column(info, rows, times_of(rows, 0, 0), payload);
}

// Values of several patterns, one slot or two, of numbers, words and ids, and what fits none.
std::vector<std::string> mixed_values(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::string n = std::to_string(random() % 4000);
    switch (random() % 5) {
      case 0: texts.push_back("u" + n); break;
      case 1: texts.push_back("u" + n + "u" + std::to_string(random() % 5)); break;
      case 2: texts.push_back("user " + n + " said \"no\""); break;
      case 3: texts.push_back(n + "ms"); break;
      default: texts.push_back("blk_" + n + "=" + n); break;
    }
  }
  return texts;
}

}  // namespace

TEST_CASE("values are cut at what varies") {
  CHECK(cut("user 17 logged in") == "user <17> logged in");
  CHECK(cut("12.5ms") == "<12.5>ms");
  CHECK(cut("blk_-4711") == "blk_-<4711>");
  CHECK(cut("user17 at 10.0.0.7:80") == "user<17> at <10.0.0.7>:<80>");
  CHECK(cut("session:3fa94b0c end.") == "session:<3fa94b0c> end.");
  CHECK(cut("abcdef12") == "<abcdef12>");
  CHECK(cut("x1y2z3") == "<x1y2z3>");
  CHECK(cut("took 5s.") == "took <5>s.");
  CHECK(cut("v1.2.3-rc4") == "v<1.2.3>-rc<4>");
  CHECK(cut("id 00112233-aabb-ccdd-8899-aabbccddeeff!") ==
        "id <00112233-aabb-ccdd-8899-aabbccddeeff>!");
  CHECK(cut("") == "");
  CHECK(cut("no digits here") == "no digits here");
}

TEST_CASE("sentences become patterns and come back") {
  std::mt19937_64 random(5);
  const auto column = round_trip(messages(3'000, random));
  CHECK(column.info().encoding == pattern_encoding);
  CHECK(column.shape() == ColumnShape::text);
  CHECK(column.text(7).size() == column.length(7));
}

TEST_CASE("sentences stay text for who is in a hurry") {
  std::mt19937_64 random(5);
  const auto values = messages(3'000, random);
  const std::vector<std::string_view> views(values.begin(), values.end());
  const std::vector<Timestamp> times(values.size());
  std::string encoded;
  const auto info = encode_column(views, times, encoded, nullptr, Effort::quick);
  CHECK(info.encoding == text_encoding);
  const auto column = decode_column(info, values.size(), times, encoded);
  REQUIRE(column.has_value());
  for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(column->text(i) == values[i]);
}

TEST_CASE("prose, few rows and values that are one number each stay text") {
  std::mt19937_64 random(5);
  CHECK(round_trip(messages(20, random)).info().encoding == text_encoding);
  std::vector<std::string> prose;
  for (int i = 0; i < 500; ++i) {
    prose.emplace_back();
    for (int k = 0; k < 20; ++k) prose.back().push_back(static_cast<char>('a' + random() % 26));
  }
  CHECK(round_trip(prose).info().encoding == text_encoding);
}

TEST_CASE("values that fit no pattern are kept whole") {
  std::mt19937_64 random(5);
  auto values = messages(3'000, random);
  for (std::size_t i = 100; i < 300; ++i)
    values[i] = std::string(i - 99, 'q') + " " + std::to_string(i);
  values[2'003] = std::string("NUL \0 17", 8);
  values[2'004] = "";
  values[2'005] = "\xff\xfe 1";
  CHECK(round_trip(values).info().encoding == pattern_encoding);
}

TEST_CASE("any sentences come back") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view bytes = "0123456789abxyzAZ .-_:\xc3";
  for (int round = 0; round < 20; ++round) {
    auto values = messages(64 + random() % 500, random);
    for (std::size_t changes = random() % 30; changes > 0; --changes) {
      auto& value = values[random() % values.size()];
      value[random() % value.size()] = bytes[random() % bytes.size()];
    }
    round_trip(values);
  }
}

TEST_CASE("the example of the format page, and what is wrong with it when changed") {
  const std::string good("\x01\x01\x01\x61\x00\x00\x03\x02\x04\x05\x01\x02\x02\x01\x02", 15);
  const auto column = decode(good, 2);
  REQUIRE(column.has_value());
  CHECK(column->text(0) == "a1");
  CHECK(column->text(1) == "a2");
  for (std::size_t n = 0; n < good.size(); ++n)
    CHECK_FALSE(decode(std::string_view(good).substr(0, n), 2).has_value());
  CHECK_FALSE(decode(good + "x", 2).has_value());
  CHECK_FALSE(decode(good, 9).has_value());
}

TEST_CASE("patterns within patterns and endless text are corrupt") {
  const std::string nested("\x01\x01\x00\x00\x00\x0d\x01\x01\x01\x61\x00", 11);
  CHECK_FALSE(decode(nested, 1).has_value());
  // One piece of 8 KiB for each of 65,536 rows would be 512 MiB.
  std::string large;
  put_varint(large, 1);
  put_varint(large, 0);
  put_string(large, std::string(8192, 'x'));
  large.push_back('\0');
  CHECK(decode(large, 16).has_value());
  const auto column = decode(large, SlotColumn::max_rows);
  REQUIRE_FALSE(column.has_value());
  CHECK(column.error().code == ErrorCode::corrupt);
}

TEST_CASE("patterns kept as parts give the same values and searches as their text") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  const auto texts = mixed_values(seed);
  const std::vector<std::string_view> values(texts.begin(), texts.end());
  const std::vector<Timestamp> times(values.size());
  std::string encoded;
  const ColumnInfo info = encode_column(values, times, encoded);
  REQUIRE(is_pattern(info));
  const auto text = decode_column(info, values.size(), times, encoded);
  const auto parts = decode_parts(info, values.size(), times, encoded);
  REQUIRE(text.has_value());
  REQUIRE(parts.has_value());
  CHECK(text->shape() == ColumnShape::text);
  CHECK(parts->shape() == ColumnShape::pattern);
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    std::string value;
    parts->append(row, value);
    wrong += value != texts[row] || parts->length(row) != value.size() ? 1 : 0;
  }
  CHECK(wrong == 0);
  std::mt19937_64 random(seed);
  std::vector<std::string> needles = {"", "u", "=", "\"", "U1", "u1u", "ms", "nothing"};
  for (int i = 0; i < 40; ++i) {
    const std::string& from = texts[random() % texts.size()];
    const std::size_t at = random() % from.size();
    needles.push_back(from.substr(at, 1 + random() % 6));
    needles.push_back(from);
  }
  for (const std::string& needle : needles)
    for (const SlotTest test :
         {SlotTest::equals, SlotTest::prefix, SlotTest::suffix, SlotTest::contains})
      for (const bool fold : {false, true}) {
        std::string folded = needle;
        if (fold)
          for (char& c : folded) c = to_lower(c);
        RowSet expected = RowSet::none(texts.size());
        RowSet found = RowSet::none(texts.size());
        for (std::size_t row = 0; row < texts.size(); ++row)
          if (passes({test, folded, fold}, texts[row])) expected.insert(row);
        scan_column(*parts, {test, folded, fold}, found);
        INFO("needle " << needle << " test " << static_cast<int>(test) << " fold " << fold);
        CHECK(found == expected);
      }
}
