// Timestamps in lines: which layouts are known, and that a number and its text determine each
// other.
#include "daemon/storage/columns/timestamp_layout.h"

#include <array>

#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

std::string render(std::int64_t ns, std::uint16_t layout) {
  std::array<char, max_timestamp_bytes> buffer{};
  char* end = render_timestamp(ns, layout, buffer.data());
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

// The number of the first layout that `text` has, rendered back; 0: none.
unsigned layout_of(std::string_view text) {
  const auto layouts = layouts_of(text);
  for (const std::uint16_t layout : layouts) {
    const auto ns = parse_timestamp(text, layout);
    REQUIRE(ns.has_value());
    REQUIRE(render(*ns, layout) == text);
  }
  return layouts.empty() ? 0 : layouts.front();
}

constexpr std::int64_t new_year = 1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z
constexpr unsigned utc = 57 << 8;

}  // namespace

TEST_CASE("every pattern of the format page is known by its number") {
  CHECK(layout_of("2026-01-02T03:04:05") == 1);
  CHECK(layout_of("2026-01-02T03:04:05Z") == 2);
  CHECK(layout_of("2026-01-02T03:04:05+00:00") == (3 | utc));
  CHECK(layout_of("2026-01-02T03:04:05.678Z") == 5);
  CHECK(layout_of("2026-01-02T03:04:05.678901234Z") == 11);
  CHECK(layout_of("2026-01-02 03:04:05") == 22);
  CHECK(layout_of("2026-01-02 03:04:05,678") == 34);
  CHECK(layout_of("2026-01-02 03:04:05,678901234+14:00") == (42 | 113 << 8));
  CHECK(layout_of("Jun  4 15:16:01") == 43);
  CHECK(layout_of("Jun 4 15:16:01") == 44);
  CHECK(layout_of("Jun 04 15:16:01") == 45);
  CHECK(layout_of("02/Jan/2026:03:04:05 +0000") == (46 | utc));
  CHECK(layout_of("2026/01/02 03:04:05") == 47);
  CHECK(layout_of("2026/01/02 03:04:05.678") == 48);
  CHECK(layout_of("2026/01/02 03:04:05.678901") == 49);
  CHECK(layout_of("Fri Jan 02 03:04:05 2026") == 50);
  CHECK(layout_of("Fri Jan 02 03:04:05.678901 2026") == 51);
  CHECK(layout_of("26/01/02 03:04:05") == 52);
  CHECK(layout_of("260102 030405") == 53);
  CHECK(layout_of("03:04:05") == 54);
  CHECK(layout_of("03:04:05.678") == 55);
  CHECK(layout_of("03:04:05.678901") == 56);
  CHECK(layout_of("03:04:05,678") == 57);
  CHECK(layout_of("2026-01-02") == 58);
  CHECK(layout_of("2026-01-02T03:04:05-0330") == (59 | (57 - 14) << 8));
  CHECK(layout_of("2026-01-02T03:04:05.678+0545") == (60 | (57 + 23) << 8));
  CHECK(layout_of("2026/01/02") == 61);
}

TEST_CASE("the number is the time") {
  constexpr std::int64_t s = 1'000'000'000;
  CHECK(parse_timestamp("2026-01-01T00:00:00Z", 2) == new_year);
  CHECK(parse_timestamp("2026-01-01T02:00:00+02:00", 3 | (57 + 8) << 8) == new_year);
  CHECK(parse_timestamp("2025-12-31T14:00:00-10:00", 3 | (57 - 40) << 8) == new_year);
  CHECK(parse_timestamp("1969-12-31 23:59:59.999", 25) == -1'000'000);
  CHECK(parse_timestamp("Feb 29 00:00:01", 43) == (10'957 + 59) * 86'400 * s + s);
  CHECK(parse_timestamp("00:00:07", 54) == 7 * s);
}

TEST_CASE("what is no time, or would not be written so, is not parsed") {
  for (const std::string_view text : {"",
                                      "2026-02-29T00:00:00Z",
                                      "2026-02-30T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-02T24:00:00Z",
                                      "2026-01-02T03:60:00Z",
                                      "2026-12-31T23:59:60Z",
                                      "0000-01-01T00:00:00Z",
                                      "9999-01-01T00:00:00Z",
                                      "2026-01-02T03:04:05-00:00",
                                      "2026-01-02T03:04:05+14:15",
                                      "2026-01-02T03:04:05+00:01",
                                      "2026-01-02t03:04:05Z",
                                      "2026-01-02T03:04:05z",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-01-02T3:04:05Z",
                                      "Jun 0 15:16:01",
                                      "Jun  0 15:16:01",
                                      "Jun 00 15:16:01",
                                      "Jun 31 15:16:01",
                                      "jun 04 15:16:01",
                                      "Sat Jan 02 03:04:05 2026",
                                      "Feb 30 00:00:00"}) {
    CAPTURE(text);
    CHECK(layout_of(text) == 0);
  }
  CHECK(layout_of("2024-02-29T00:00:00Z") == 2);
  CHECK(layout_of("Feb 29 00:00:00") == 43);
}

TEST_CASE("random times come back in every layout") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::size_t layouts = 0;
  for (unsigned layout = 0; layout < 1 << 16; ++layout) {
    const auto number = static_cast<std::uint16_t>(layout);
    if (!valid_layout(number)) continue;
    ++layouts;
    for (int i = 0; i < 20; ++i) {
      const auto ns = static_cast<std::int64_t>(random() % 9'000'000'000'000'000'000U);
      const std::string text = render(ns, number);
      const auto back = parse_timestamp(text, number);
      REQUIRE(back.has_value());
      REQUIRE(render(*back, number) == text);
      REQUIRE(*back % layout_unit(number) == 0);
    }
  }
  CHECK(layouts == 61 - 17 + 17 * 113);
}

TEST_CASE("what is remembered of the text or time before changes nothing") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::int64_t hour = 3'600'000'000'000;
  for (unsigned layout = 0; layout < 1 << 16; layout += layout < 256 ? 1 : 251) {
    const auto number = static_cast<std::uint16_t>(layout);
    if (!valid_layout(number)) continue;
    TimestampParser parser(number);
    TimeProjector projector(number);
    std::int64_t ns = new_year;
    for (int i = 0; i < 200; ++i) {
      ns += (static_cast<std::int64_t>(random() % 60) - 20) * hour;
      std::string text = render(ns, number);
      if (random() % 8 == 0) text[random() % text.size()] ^= 1;
      REQUIRE(parser(text) == parse_timestamp(text, number));
      REQUIRE(projector(ns) == TimeProjector(number)(ns));
    }
  }
}

TEST_CASE("columns of every layout come back, with steps of a second costing next to nothing") {
  constexpr std::array<std::uint16_t, 11> some = {5,  22, 34, 43, 44, 45, 46 | 65 << 8,
                                                  50, 53, 55, 58};
  for (const std::uint16_t layout : some) {
    const auto times = times_of(3'000, new_year - 1'000'000'000'000, 997'000'000);
    std::vector<std::string> values;
    for (const Timestamp t : times) values.push_back(render(unix_ns(t), layout));
    CAPTURE(layout);
    CHECK(encode(values, times).bytes.size() < 6'020);
    const SlotColumn column = round_trip(values, times);
    if (layout != 58) CHECK(encode(values, times).bytes.size() < 12);
    CHECK(column.size() == 3'000);
  }
}

TEST_CASE("lines of another year than their row, and around leap days, come back") {
  constexpr std::int64_t hour = 3'600'000'000'000;
  for (const std::int64_t start :
       {new_year, 1'709'164'800'000'000'000, 1'740'700'800'000'000'000}) {
    const auto times = times_of(200, start - 50 * hour, hour / 2);
    std::vector<std::string> values;
    for (const Timestamp t : times) values.push_back(render(unix_ns(t) + 11 * hour, 43));
    CHECK(round_trip(values, times).size() == 200);
  }
}
