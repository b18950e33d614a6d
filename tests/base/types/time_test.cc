#include "base/types/time.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {
namespace {

std::int64_t prometheus_ms(std::string_view text) {
  auto d = parse_prometheus_duration(text);
  return d ? d->count() / 1'000'000 : -1;
}
std::int64_t go_ns(std::string_view text) {
  auto d = parse_go_duration(text);
  return d ? d->count() : -1;
}
std::string reprint_time(std::string_view text) {
  auto t = parse_rfc3339(text);
  return t ? format_rfc3339(*t) : "error";
}

}  // namespace

TEST_CASE("Prometheus durations", "[time]") {
  CHECK(prometheus_ms("1h30m") == 5'400'000);
  CHECK(prometheus_ms("250ms") == 250);
  CHECK(prometheus_ms("1d") == 86'400'000);
  CHECK(prometheus_ms("1w2d3h4m5s6ms") == 788'645'006);
  for (auto bad : {"", "1", "h", "1m1h", "1m1m", "-1m", "1.5h", "300000y"})
    CHECK(prometheus_ms(bad) == -1);
  CHECK(format_prometheus_duration(std::chrono::minutes(90)) == "1h30m");
  CHECK(format_prometheus_duration(std::chrono::hours(24)) == "1d");
  CHECK(format_prometheus_duration(std::chrono::hours(25)) == "25h");
  CHECK(format_prometheus_duration(Duration{0}) == "0s");
}

TEST_CASE("Go durations", "[time]") {
  CHECK(go_ns("1.5h") == 5'400'000'000'000);
  CHECK(go_ns("1m30s") == 90'000'000'000);
  CHECK(go_ns("2µs") == 2'000);
  CHECK(go_ns("100ns") == 100);
  for (auto bad : {"", "1", "1x", "s"}) CHECK(go_ns(bad) == -1);
}

TEST_CASE("RFC 3339", "[time]") {
  CHECK(reprint_time("2026-01-02T03:04:05.500Z") == "2026-01-02T03:04:05.5Z");
  CHECK(reprint_time("2026-01-02T03:04:05+02:00") == "2026-01-02T01:04:05Z");
  CHECK(reprint_time("1969-12-31T23:59:59.000000001Z") == "1969-12-31T23:59:59.000000001Z");
  for (auto bad : {"", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z",
                   "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx"})
    CHECK(reprint_time(bad) == "error");
}

TEST_CASE("a manual clock stands still until told", "[time]") {
  ManualClock clock(from_unix_ns(5));
  CHECK(unix_ns(clock.now()) == 5);
  clock.advance(Duration{10});
  CHECK(unix_ns(clock.now()) == 15);
}

}  // namespace sluice
