#include "agent/pipeline/timestamp.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <string>

#include "agent/pipeline/civil.h"
#include "agent/pipeline/line_clock.h"

namespace sluice::agent {
namespace {

Timestamp at(std::string_view rfc3339) {
  const auto t = parse_rfc3339(rfc3339);
  REQUIRE(t.has_value());
  return *t;
}

// What a line says, in RFC 3339, or "none".
std::string time_of(std::string_view line) {
  const TimeContext context{at("2026-03-01T12:00:00Z"), false};
  const auto t = find_timestamp(line, context);
  return t ? format_rfc3339(*t) : "none";
}

// Sets TZ for the scope.
class Zone {
 public:
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

}  // namespace

TEST_CASE("ISO times at the front", "[timestamp]") {
  CHECK(time_of("2026-01-02T03:04:05Z hello") == "2026-01-02T03:04:05Z");
  CHECK(time_of("2026-01-02T03:04:05.123456789Z hello") == "2026-01-02T03:04:05.123456789Z");
  CHECK(time_of("2026-01-02T03:04:05.1234567891Z") == "2026-01-02T03:04:05.123456789Z");
  CHECK(time_of("2026-01-02 03:04:05,123 INFO x") == "2026-01-02T03:04:05.123Z");
  CHECK(time_of("2026-01-02T03:04:05+02:00 x") == "2026-01-02T01:04:05Z");
  CHECK(time_of("2026-01-02 03:04:05 -0330 x") == "2026-01-02T06:34:05Z");
  CHECK(time_of("2026/01/02 03:04:05 [error] x") == "2026-01-02T03:04:05Z");
  CHECK(time_of("[2026-01-02 03:04:05] x") == "2026-01-02T03:04:05Z");
  CHECK(time_of("2026-01-02 03:04:05 status installed dpkg") == "2026-01-02T03:04:05Z");
  CHECK(time_of("<13>1 2026-01-02T03:04:05Z host app") == "2026-01-02T03:04:05Z");
  CHECK(time_of("2026-06-30T23:59:60Z leap") == "2026-06-30T23:59:59Z");
}

TEST_CASE("syslog times take the nearest past year", "[timestamp]") {
  CHECK(time_of("Feb 28 23:59:59 host app: x") == "2026-02-28T23:59:59Z");
  CHECK(time_of("Mar  1 23:00:00 host app: x") == "2026-03-01T23:00:00Z");
  CHECK(time_of("Mar  3 00:00:00 host app: x") == "2025-03-03T00:00:00Z");
  CHECK(time_of("Dec 31 23:59:59 host app: x") == "2025-12-31T23:59:59Z");
  CHECK(time_of("<30>Jan  2 03:04:05.5 host x") == "2026-01-02T03:04:05.5Z");
  CHECK(time_of("Feb 29 01:00:00 host leap day") == "2024-02-29T01:00:00Z");
}

TEST_CASE("epoch times are told apart by size", "[timestamp]") {
  CHECK(time_of("1767323045 x") == "2026-01-02T03:04:05Z");
  CHECK(time_of("1767323045.25 x") == "2026-01-02T03:04:05.25Z");
  CHECK(time_of("1767323045123 x") == "2026-01-02T03:04:05.123Z");
  CHECK(time_of("1767323045123456 x") == "2026-01-02T03:04:05.123456Z");
  CHECK(time_of("1767323045123456789 x") == "2026-01-02T03:04:05.123456789Z");
}

TEST_CASE("times in JSON", "[timestamp]") {
  CHECK(time_of(R"({"ts":"2026-01-02T03:04:05Z","m":1})") == "2026-01-02T03:04:05Z");
  CHECK(time_of(R"({"level":"info","nested":{"ts":1},"a":[1,"]"],"time":1767323045.5})") ==
        "2026-01-02T03:04:05.5Z");
  CHECK(time_of(R"( {"ts":1767323045})") == "none");
  CHECK(time_of(R"({ "msg" : "a \" b" , "@timestamp" : "2026-01-02T03:04:05.6Z" })") ==
        "2026-01-02T03:04:05.6Z");
  CHECK(time_of(R"({"time":"not a time","timestamp":1767323045123})") ==
        "2026-01-02T03:04:05.123Z");
  for (const auto* bad : {"{", R"({"ts")", R"({"ts":)", R"({"ts":"2026)", R"({"a":{"b":1)", "{}"})
    CHECK(time_of(bad) == "none");
}

TEST_CASE("times in logfmt and in access logs", "[timestamp]") {
  CHECK(time_of("ts=2026-01-02T03:04:05Z level=info") == "2026-01-02T03:04:05Z");
  CHECK(time_of("time=\"2026-01-02 03:04:05\" level=info") == "2026-01-02T03:04:05Z");
  CHECK(time_of("t=1767323045 x=1") == "2026-01-02T03:04:05Z");
  CHECK(time_of("10.0.0.1 - bob [02/Jan/2026:03:04:05 +0100] \"GET /\" 200") ==
        "2026-01-02T02:04:05Z");
}

TEST_CASE("what is not a time is not taken for one", "[timestamp]") {
  for (const auto* line :
       {"", "hello", "12345", "1234567890123456789012", "2026-13-02T03:04:05Z",
        "2026-02-30 03:04:05", "2026-01-02T24:00:00Z", "2026-01-02", "1767323045abc",
        "Foo  2 03:04:05", "Jan 32 03:04:05", "Jan  2 25:04:05", "0001-01-01T00:00:00Z",
        "level=info ts=2026-01-02T03:04:05Z", "[02/Foo/2026:03:04:05 +0100]",
        "99999999999999999999999999", "8000000000000000000 x"})
    CHECK(time_of(line) == "none");
}

TEST_CASE("a time without a zone is local, across daylight saving", "[timestamp]") {
  const Zone zone("Europe/Berlin");
  const TimeContext context{at("2026-08-01T00:00:00Z"), true};
  const auto local = [&](std::string_view line) {
    const auto t = find_timestamp(line, context);
    return t ? format_rfc3339(*t) : "none";
  };
  CHECK(local("2026-01-02 03:04:05 x") == "2026-01-02T02:04:05Z");
  CHECK(local("2026-07-02 03:04:05 x") == "2026-07-02T01:04:05Z");
  CHECK(local("2026-03-29 01:59:59 x") == "2026-03-29T00:59:59Z");
  CHECK(local("2026-03-29 03:00:00 x") == "2026-03-29T01:00:00Z");
  CHECK(local("Jul  2 03:04:05 host x") == "2026-07-02T01:04:05Z");
  CHECK(local("2026-07-02T03:04:05Z x") == "2026-07-02T03:04:05Z");
}

TEST_CASE("continuations take the time of the line before", "[timestamp]") {
  const auto fallback = at("2026-03-01T12:00:00Z");
  LineClock clock({fallback, false}, fallback, std::nullopt);
  CHECK(clock.stamp("\tat main", LinePart::whole) == fallback);
  CHECK(clock.stamp("2026-01-02T03:04:05Z boom", LinePart::whole) == at("2026-01-02T03:04:05Z"));
  CHECK(clock.stamp("\tat main", LinePart::whole) == at("2026-01-02T03:04:05Z"));
  CHECK(clock.stamp("", LinePart::whole) == at("2026-01-02T03:04:05Z"));
  CHECK(clock.stamp("rest", LinePart::last) == at("2026-01-02T03:04:05Z"));
  CHECK(clock.stamp("undated", LinePart::whole) == fallback);
}

}  // namespace sluice::agent
