#include "tests/bench/corpus/time_layout.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::bench {
namespace {

constexpr std::int64_t tuesday_ns = 1'710'841'509'123'456'789;  // 2024-03-19 09:45:09

std::string rendered(std::string_view text) {
  const auto match = match_time(text, 0);
  if (!match) return "no match";
  Moment moment;
  moment.set(tuesday_ns);
  std::string out;
  append_time(match->pattern, moment, out);
  return out + "|" + std::string(text.substr(match->length));
}

TEST_CASE("times of every layout are recognised and written in the same layout") {
  CHECK(rendered("Sun Dec 04 04:47:44 2005] x") == "Tue Mar 19 09:45:09 2024|] x");
  CHECK(rendered("2015-10-18 18:01:47,978 I") == "2024-03-19 09:45:09,123| I");
  CHECK(rendered("2017-05-16 00:00:00.008 2") == "2024-03-19 09:45:09.123| 2");
  CHECK(rendered("2017-05-16T00:00:00.008123Z") == "2024-03-19T09:45:09.123456Z|");
  CHECK(rendered("05/Jan/2021:10:00:00 +0") == "19/Mar/2024:09:45:09| +0");
  CHECK(rendered("17/06/09 20:10:40 I") == "24/03/19 09:45:09| I");
  CHECK(rendered("Jul  1 09:00:55 h") == "Mar 19 09:45:09| h");
  CHECK(rendered("Jun 14 15:16:01 h") == "Mar 19 09:45:09| h");
  CHECK(rendered("Nov 9 12:01:01 h") == "Mar 19 09:45:09| h");
  CHECK(rendered("081109 203615 148") == "240319 094509| 148");
  CHECK(rendered("2005.11.09 d") == "2024.03.19| d");
  CHECK(rendered("1131566461 2") == "1710841509| 2");
}

TEST_CASE("what only resembles a time is none") {
  for (const char* text : {"2015-13-18 18:01:47", "081109 253615", "1131566461001", "Mon", "12",
                           "17/06/09 20:10", "081109 2036159"})
    CHECK(!match_time(text, 0).has_value());
}

TEST_CASE("days below ten keep the layout's padding") {
  Moment moment;
  moment.set(1'709'283'600'000'000'000);  // 2024-03-01 09:00:00
  std::string padded, plain;
  append_time("%b %e", moment, padded);
  append_time("%b %j", moment, plain);
  CHECK(padded == "Mar  1");
  CHECK(plain == "Mar 1");
}

}  // namespace
}  // namespace sluice::bench
