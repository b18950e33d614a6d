// detected_level: where a level is found, in which order, and how it is spelt.

#include "query/logql/detect_level.h"

#include <catch2/catch_test_macros.hpp>

#include "daemon/ingest/validate_logs.h"

using namespace sluice;
using namespace sluice::ingest;
using query::logql::LevelDetector;

namespace {

std::string level(std::string_view line, const LabelSet& stream = {},
                  const LabelSet& metadata = {}) {
  return LevelDetector().level(stream, metadata, line);
}

}  // namespace

TEST_CASE("levels of plain text are words of their own") {
  CHECK(level("2026-01-02 ERROR disk full") == "error");
  CHECK(level("[warn] low") == "warn");
  CHECK(level("level WARNING: low") == "warn");
  CHECK(level("(info) fine") == "info");
  CHECK(level("Fatal") == "fatal");
  CHECK(level("critical!") == "critical");
  CHECK(level("debug then error") == "debug");
  CHECK(level("terror and informed") == "unknown");
  CHECK(level("a:error") == "unknown");
  CHECK(level("") == "unknown");
  CHECK(level("nothing to see") == "unknown");
}

TEST_CASE("levels of JSON and logfmt are fields") {
  CHECK(level(R"({"msg":"an error","level":"info"})") == "info");
  CHECK(level(R"({"severity":"WARNING","lvl":"debug"})") == "warn");
  CHECK(level(R"({"log":{"level":"dbg"}})") == "debug");
  CHECK(level(R"({"level":30,"msg":"an error happened"})") == "error");
  CHECK(level(R"({"level":"custom"})") == "custom");
  CHECK(level("ts=1 LEVEL=eror msg=x") == "eror");
  CHECK(level("ts=1 Lvl=err msg=\"info here\"") == "error");
  CHECK(level("lvl=debug level=info") == "info");
  CHECK(level("a=b some info") == "info");
}

TEST_CASE("labels and metadata come before the line") {
  CHECK(level("error", {{"level", "info"}}) == "info");
  CHECK(level("error", {}, {{"severity", "Debug"}}) == "debug");
  CHECK(level("error", {{"level", "info"}}, {{"detected_level", "WARN"}}) == "warn");
}

TEST_CASE("a push gets levels only where that is asked for") {
  const auto pushed = [](bool discover) {
    std::vector<PushStream> streams = {
        {LabelSet{{"app", "a"}}, {{from_unix_ns(1'000'000'000), "level=warn", {}}}}};
    Limits limits;
    limits.oldest = std::chrono::hours{0};
    limits.discover_log_levels = discover;
    CHECK(validate_logs(streams, nullptr, limits, from_unix_ns(2'000'000'000)).empty());
    return streams[0].entries[0].metadata;
  };
  CHECK(pushed(false).empty());
  CHECK(pushed(true) == LabelSet{{"detected_level", "warn"}});
}
