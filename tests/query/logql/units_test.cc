#include "query/logql/units.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

using namespace sluice::query::logql;
using namespace std::chrono_literals;

TEST_CASE("durations in queries") {
  CHECK(parse_query_duration("1h30m") == 90min);
  CHECK(parse_query_duration("1.5h") == 90min);
  CHECK(parse_query_duration("100us") == 100us);
  CHECK(parse_query_duration("2w") == 336h);
  for (auto bad : {"", "5", "m", "5x", "5m3", "-5m", "1000000000y"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_query_duration(bad).has_value());
  }
}

TEST_CASE("durations in label values have Go's units only") {
  CHECK(parse_duration_seconds("1.5s") == 1.5);
  CHECK(parse_duration_seconds("-2m") == -120.0);
  CHECK(parse_duration_seconds("0") == 0.0);
  CHECK(parse_duration_seconds("3\xC2\xB5s") == 3e-6);
  for (auto bad : {"", "1d", "1w", "5", "s", "--1s", "1s "}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration_seconds(bad).has_value());
  }
}

TEST_CASE("byte sizes as people write them") {
  CHECK(parse_bytes("42") == 42.0);
  CHECK(parse_bytes("10KB") == 10'000.0);
  CHECK(parse_bytes("10kib") == 10'240.0);
  CHECK(parse_bytes("5 MiB") == 5.0 * (1 << 20));
  CHECK(parse_bytes("1.5GB") == 1.5e9);
  CHECK(parse_bytes("3k") == 3000.0);
  CHECK(parse_bytes("7B") == 7.0);
  for (auto bad : {"", "KB", "5X", "5KBs", "-5B", "5 i", "99999999EB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_bytes(bad).has_value());
  }
}

TEST_CASE("floats as Go reads them") {
  CHECK(parse_float("1.5e3") == 1500.0);
  CHECK(parse_float("-7") == -7.0);
  CHECK(parse_float("+7") == 7.0);
  CHECK(parse_float("0x10") == 16.0);
  CHECK(std::isinf(*parse_float("+Inf")));
  CHECK(std::isnan(*parse_float("NaN")));
  for (auto bad : {"", "1 ", " 1", "abc", "1,5", "--1", "nan(1)"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_float(bad).has_value());
  }
}
