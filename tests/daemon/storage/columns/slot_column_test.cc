// Which encoding values get, that they come back byte for byte, and what damaged bytes give.
#include "daemon/storage/columns/slot_column.h"

#include <algorithm>

#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

// Many distinct values of one kind, so that no dictionary takes them.
template <typename Make>
std::vector<std::string> many(Make make, std::size_t rows = 300) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < rows; ++i) values.push_back(make(i));
  return values;
}

std::string scrambled(std::size_t i) {
  return std::to_string(i * 0x9E3779B97F4A7C15U >> 4);
}

struct Shape {
  ColumnShape shape;
  NumberForm form;
  unsigned width;
  friend bool operator==(const Shape&, const Shape&) = default;
};

Shape shape_of(const SlotColumn& column) {
  return {column.shape(), column.info().form, column.info().width};
}

std::string bytes(std::initializer_list<int> list) {
  std::string out;
  for (const int byte : list) out.push_back(static_cast<char>(byte));
  return out;
}

}  // namespace

TEST_CASE("few values make a dictionary, one a constant") {
  const auto some = round_trip({"GET", "GET", "PUT", "GET"});
  CHECK(some.shape() == ColumnShape::dictionary);
  CHECK(some.values().size() == 2);
  CHECK(some.code(2) == 1);
  CHECK_FALSE(some.constant());
  const auto one = round_trip(many([](std::size_t) { return std::string("same"); }));
  CHECK(one.constant());
  CHECK(one.values()[0] == "same");
  CHECK(round_trip({""}).constant());
}

TEST_CASE("a dictionary of more than 256 values has codes of two bytes") {
  const auto values = many([](std::size_t i) { return "v" + std::to_string(i % 700) + "!"; }, 3000);
  const auto column = round_trip(values);
  CHECK(column.shape() == ColumnShape::dictionary);
  CHECK(column.info().distinct == 700);
}

TEST_CASE("however many values there are up to 4096, a dictionary has each once") {
  for (const std::size_t count : {1, 2, 3, 63, 64, 65, 255, 256, 257, 1023, 1025, 4096}) {
    const auto name = [](std::size_t i) { return "/a/common/path/" + scrambled(i) + ".html"; };
    const auto values = many([&](std::size_t i) { return name(i / 2 % count); }, 4 * count);
    const auto column = round_trip(values);
    CHECK(column.shape() == ColumnShape::dictionary);
    CHECK(column.info().distinct == count);
  }
}

TEST_CASE("a dictionary survives being moved") {
  auto column = round_trip({"a", "a", "b", "a"});
  const SlotColumn moved = std::move(column);
  CHECK(moved.values()[1] == "b");
  CHECK(moved.values()[0].data() == moved.bytes().data());
}

TEST_CASE("the typed encodings are found") {
  const auto of = [](auto make) { return shape_of(round_trip(many(make))); };
  using enum NumberForm;
  constexpr auto number = ColumnShape::number;
  CHECK(of([](std::size_t i) { return scrambled(i); }) == Shape{number, integer, 0});
  CHECK(of([](std::size_t i) { return "-" + scrambled(i + 1); }) == Shape{number, integer, 0});
  CHECK(of([](std::size_t i) { return "0" + std::to_string(100'000 + i * 7); }) ==
        Shape{number, padded, 7});
  CHECK(of([](std::size_t i) { return std::to_string(i * 37) + ".50"; }) ==
        Shape{number, decimal, 2});
  CHECK(of([](std::size_t i) { return std::to_string(i) + (i % 2 == 0 ? "" : ".25"); }) ==
        Shape{number, decimal_trimmed, 2});
  CHECK(of([](std::size_t i) { return std::to_string(i) + (i % 2 == 0 ? ".0" : ".125"); }) ==
        Shape{number, decimal_float, 3});
  CHECK(of([](std::size_t i) {
          return "10.0." + std::to_string(i / 200) + "." + std::to_string(i % 200);
        }) == Shape{number, ipv4, 0});
}

TEST_CASE("hex digits and ids are numbers or fixed") {
  std::mt19937_64 random(7);
  const auto hex = [&](std::size_t width, const char* digits) {
    return many([&](std::size_t) {
      std::string value;
      while (value.size() < width) value += digits[random() % 16];
      return value;
    });
  };
  constexpr auto lower = "0123456789abcdef";
  constexpr auto upper = "0123456789ABCDEF";
  using enum NumberForm;
  CHECK(shape_of(round_trip(hex(8, lower))) == Shape{ColumnShape::number, hex_lower, 8});
  CHECK(shape_of(round_trip(hex(16, upper))) == Shape{ColumnShape::number, hex_upper, 16});
  CHECK(shape_of(round_trip(hex(17, lower))) == Shape{ColumnShape::fixed, hex_lower, 17});
  CHECK(shape_of(round_trip(hex(32, lower))) == Shape{ColumnShape::fixed, hex_lower, 32});
  CHECK(shape_of(round_trip(hex(40, upper))) == Shape{ColumnShape::fixed, hex_upper, 40});
  CHECK(round_trip(hex(129, lower)).shape() == ColumnShape::text);
  auto uuids = hex(36, lower);
  for (auto& value : uuids)
    for (const std::size_t dash : {8, 13, 18, 23}) value[dash] = '-';
  CHECK(shape_of(round_trip(uuids)) == Shape{ColumnShape::fixed, uuid, 36});
  uuids[250][35] = 'F';
  CHECK(round_trip(uuids).shape() == ColumnShape::text);
}

TEST_CASE("a line that carries its entry's time costs a constant") {
  const auto times = times_of(300, 1'767'323'045'678'901'234, 77'000'000);
  std::vector<std::string> values;
  for (const Timestamp t : times) {
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(t);
    std::string text = format_rfc3339(whole);
    if (text.size() == 20) text.insert(19, ".");
    while (text.size() < 24) text.insert(text.size() - 1, "0");
    values.push_back(text);
  }
  const auto encoded = encode(values, times);
  CHECK(encoded.bytes == bytes({4, 1, 0}));
  const auto column = round_trip(values, times);
  CHECK(column.info().form == NumberForm::timestamp);
  CHECK(column.numbers()[0] == 1'767'323'045'678'000'000);
}

TEST_CASE("epoch numbers are stored as the difference to the row's time") {
  for (const std::int64_t unit : {1, 1'000, 1'000'000, 1'000'000'000}) {
    const auto times = times_of(300, 1'767'323'045'678'901'234, 7'777'777'777);
    std::vector<std::string> values;
    for (const Timestamp t : times) values.push_back(std::to_string(unix_ns(t) / unit + 5));
    CHECK(encode(values, times).bytes.size() == 3);
    CHECK(round_trip(values, times).info().form == NumberForm::integer);
  }
}

TEST_CASE("one value of another kind makes a column text") {
  for (const std::string odd : {"", "-", "007", "12a", "9223372036854775808", " 1", "1 ", "-0"}) {
    auto values = many(scrambled);
    values[222] = odd;
    CHECK(round_trip(values).shape() == ColumnShape::text);
  }
}

TEST_CASE("no rows, empty values, a value of a MiB, any bytes") {
  CHECK(round_trip({}).size() == 0);
  CHECK(round_trip({"", "a"}).shape() == ColumnShape::text);
  CHECK(round_trip({"x", std::string(1 << 20, 'y'), ""}).bytes().size() == (1 << 20) + 1);
  CHECK(round_trip({"\xff\xfe", std::string("\0\0", 2), "\xc3\x28"}).size() == 3);
}

TEST_CASE("the examples of the format page are what is written") {
  const auto text = encode({"a", "bcd"}, times_of(2, 0, 0));
  CHECK(text.bytes == bytes({2, 2, 2, 8}) + "abcd");
  const auto words = encode({"GET", "GET", "PUT", "GET"}, times_of(4, 0, 0));
  CHECK(words.bytes == bytes({3, 3}) + "GETPUT" + bytes({1, 4}));
  const auto numbers = encode({"7", "9"}, times_of(2, 0, 0));
  CHECK(numbers.bytes == bytes({1, 2, 0x0e, 2, 8}));
  std::string info;
  put_column_info(info, numbers.info);
  CHECK(info == bytes({3, 0x0e, 0x12}));
}

TEST_CASE("damaged columns are corrupt") {
  const auto times = times_of(4, 0, 0);
  const auto is_corrupt = [&](const ColumnInfo& info, std::string_view payload) {
    const auto column = decode_column(info, 4, times, payload);
    return !column && column.error().code == ErrorCode::corrupt;
  };
  for (const auto& values : std::vector<std::vector<std::string>>{
           {"GET", "GET", "PUT", "GET"}, {"ab", "c", "def", "g!"}, {"17", "400", "8", "99"}}) {
    const auto good = encode(values, times);
    CHECK(is_corrupt(good.info, good.bytes + "x"));
    for (std::size_t n = 0; n < good.bytes.size(); ++n)
      CHECK(is_corrupt(good.info, std::string_view(good.bytes).substr(0, n)));
  }
}

TEST_CASE("codes beyond the dictionary, numbers beyond min and max are corrupt") {
  const auto times = times_of(4, 0, 0);
  const auto six = times_of(6, 0, 0);
  auto words = encode({"a", "b", "c", "a", "a", "b"}, six);
  REQUIRE(decode_column(words.info, 6, six, words.bytes).has_value());
  words.bytes.back() = 0x0f;
  CHECK_FALSE(decode_column(words.info, 6, six, words.bytes).has_value());
  auto numbers = encode({"17", "400", "8", "99"}, times);
  numbers.info.max = 300;
  CHECK_FALSE(decode_column(numbers.info, 4, times, numbers.bytes).has_value());
}

TEST_CASE("infos that no writer writes are corrupt") {
  const std::vector<std::string> damaged = {"",
                                            bytes({0}),
                                            bytes({1}),
                                            bytes({1, 0}),
                                            bytes({16}),
                                            bytes({200}),
                                            bytes({3, 4, 2}),
                                            bytes({4, 19, 0, 0}),
                                            bytes({6, 17, 0, 0}),
                                            bytes({9, 0, 0, 0}),
                                            bytes({9, 62, 0, 0}),
                                            bytes({10, 16}),
                                            bytes({10, 0x81, 1})};
  for (const std::string& encoded : damaged) {
    ByteReader in(encoded);
    const auto info = read_column_info(in);
    REQUIRE_FALSE(info.has_value());
    CHECK(info.error().code == ErrorCode::corrupt);
  }
}

TEST_CASE("any mix of values comes back, whatever they are") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> pool = {"",
                                         "0",
                                         "-0",
                                         "-1",
                                         "1.",
                                         "1.5",
                                         "1.50",
                                         "-0.5",
                                         "-0.0",
                                         "00",
                                         "007",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "9223372036854775808",
                                         "18446744073709551616",
                                         "deadbeef",
                                         "DEADBEEF",
                                         "DeadBeef",
                                         "256.0.0.1",
                                         "255.0.0.1",
                                         "1.2.3.04",
                                         "2026-02-29T00:00:00Z",
                                         "Feb 29 00:00:00",
                                         "2026-01-02T03:04:60Z",
                                         "0000-01-01T00:00:00Z",
                                         "2026-01-02T03:04:05+14:00",
                                         "\xff\x80",
                                         "msg"};
  for (int round = 0; round < 200; ++round) {
    const std::size_t kinds = 1 + random() % 3;
    std::vector<std::string> some;
    for (std::size_t i = 0; i < kinds; ++i) some.push_back(pool[random() % pool.size()]);
    std::vector<std::string> values;
    const std::size_t rows = random() % 40;
    for (std::size_t i = 0; i < rows; ++i) {
      values.push_back(some[random() % kinds]);
      if (random() % 4 == 0) values.back() += std::to_string(random() % 1000);
    }
    round_trip(values);
  }
}
