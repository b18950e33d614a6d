// One query read by several threads: the result is the same, to the bit, whatever the split.
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <thread>

#include "base/codec/json_writer.h"
#include "base/runtime/io_runtime.h"
#include "query/engine/engine.h"
#include "query/engine/unit_queue.h"
#include "query/engine/worker_team.h"
#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::query;
using sluice::query::test::Dice;

namespace {

struct Helpers {
  ThreadPool pool{"help", 3, 100};
  QueryLimits limits() {
    QueryLimits limits;
    limits.helpers = &pool;
    limits.max_workers = 4;
    return limits;
  }
};

struct Run {
  std::string result;  // everything, floats by their bits; or the error
  std::uint64_t threads = 0;
};

void append_bits(std::string& out, double value) {
  char bits[sizeof(value)];
  std::memcpy(bits, &value, sizeof(value));
  out.append(bits, sizeof(bits));
}

std::string text_of(const QueryResult& result) {
  std::string out;
  if (const auto* streams = std::get_if<Streams>(&result.value))
    for (const auto& stream : *streams) {
      out += stream.labels.to_string();
      for (const auto& entry : stream.entries)
        out += "\n" + std::to_string(unix_ns(entry.timestamp)) + " " + entry.line;
    }
  if (const auto* matrix = std::get_if<Matrix>(&result.value))
    for (const auto& series : *matrix) {
      out += series.labels.to_string();
      for (const auto& sample : series.samples) append_bits(out, sample.value);
    }
  for (const auto& warning : result.warnings) out += warning;
  return out;
}

Run run(test::MemoryLogSource& logs, const Expr& expr, std::size_t limit, Direction direction,
        QueryLimits limits) {
  test::MemorySampleSource no_samples;
  QueryContext context({}, std::move(limits));
  const Engine engine(logs, no_samples);
  const TimeRange all{from_unix_ns(0), from_unix_ns(1'000'000'000'000)};
  const auto result = expr.type == ValueType::streams
                          ? engine.logs(expr, default_tenant(), {all, limit, direction}, context)
                          : engine.range(expr, {default_tenant(), 0, 240'000, 30'000}, context);
  return {result ? text_of(*result) : result.error().message, context.stats().workers};
}

}  // namespace

TEST_CASE("the result does not depend on how many threads read, or on who reads what") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  Helpers helpers;
  std::uint64_t most_threads = 0;
  for (int round = 0; round < 30; ++round) {
    test::MemoryLogSource logs(1 + static_cast<std::size_t>(dice.below(6)));
    const bool with_metadata = dice.one_in(2);
    for (int i = 0; i < 60; ++i) fill(logs, dice, with_metadata);
    logs.set_push(dice.one_in(2) ? test::Push::all : test::Push::lines);
    // Some threads hang about, so that units are finished out of order.
    logs.set_units(1 + static_cast<std::size_t>(dice.below(3)), [](std::size_t unit) {
      std::atomic<std::size_t> turns = 0;  // not yield(): on a busy machine that takes long
      while (turns < unit % 7 * 500) ++turns;
    });
    for (int query = 0; query < 6; ++query) {
      const std::string text =
          dice.one_in(3) ? R"({app=~".+"})" + random_stages(dice) : random_metric(dice);
      const auto limit = static_cast<std::size_t>(1 + dice.below(200));
      const auto direction = dice.one_in(2) ? Direction::backward : Direction::forward;
      CAPTURE(text, limit, direction == Direction::backward);
      const auto expr = parse_logql(text);
      REQUIRE(expr.has_value());
      const Run one = run(logs, **expr, limit, direction, {});
      const Run many = run(logs, **expr, limit, direction, helpers.limits());
      REQUIRE(many.result == one.result);
      CHECK(one.threads <= 1);
      most_threads = std::max(most_threads, many.threads);
    }
  }
  CHECK(most_threads > 1);
}

TEST_CASE("the error of a query is that of its first unit that has one") {
  Helpers helpers;
  test::MemoryLogSource logs(1);
  for (int i = 0; i < 200; ++i)
    logs.add({{"app", "a"}}, i + 1, i < 20 ? "v=1" : "v=x" + std::to_string(i));
  logs.set_units(1);
  const auto expr = parse_logql(R"(sum_over_time({app="a"} | logfmt | unwrap v [200s]))");
  REQUIRE(expr.has_value());
  const Run one = run(logs, **expr, 1, Direction::forward, {});
  CHECK(one.result.find("x20") != std::string::npos);
  for (int again = 0; again < 20; ++again)
    CHECK(run(logs, **expr, 1, Direction::forward, helpers.limits()).result == one.result);
}

TEST_CASE("when the client goes away all threads of its query stop") {
  Helpers helpers;
  test::MemoryLogSource logs(1);
  for (int i = 0; i < 1000; ++i) logs.add({{"app", "a"}}, i + 1, "line");
  std::stop_source client;
  std::atomic<std::size_t> opened = 0;
  logs.set_units(1, [&](std::size_t unit) {
    ++opened;
    if (unit == 100) client.request_stop();
  });
  const auto expr = parse_logql(R"(count_over_time({app="a"} |= "line" [1000s]))");
  REQUIRE(expr.has_value());
  test::MemorySampleSource no_samples;
  QueryContext context(client.get_token(), helpers.limits());
  const auto result =
      Engine(logs, no_samples).range(**expr, {default_tenant(), 0, 1'000'000, 1'000'000}, context);
  REQUIRE(result.has_error());
  CHECK(result.error().code == ErrorCode::cancelled);
  CHECK(opened < 300);  // at most what threads may run ahead
}

TEST_CASE("a deadline ends all threads of its query, and nothing stays charged") {
  Helpers helpers;
  auto limits = helpers.limits();
  limits.together = std::make_shared<QueryMemory>(1 << 30);
  test::MemoryLogSource logs(1);
  for (int i = 0; i < 1000; ++i) logs.add({{"app", std::to_string(i % 50)}}, i + 1, "line");
  const auto expr =
      parse_logql(R"(stddev_over_time({app=~".+"} | label_format v="1" | unwrap v [1h]))");
  REQUIRE(expr.has_value());
  test::MemorySampleSource no_samples;
  {
    QueryContext context({}, limits);
    logs.set_units(1, [&](std::size_t unit) {
      if (unit == 50) context.set_deadline(std::chrono::steady_clock::now());
    });
    const auto result =
        Engine(logs, no_samples).range(**expr, {default_tenant(), 0, 1'000'000, 100'000}, context);
    REQUIRE(result.has_error());
    CHECK(result.error().code == ErrorCode::timeout);
  }
  CHECK(limits.together->held() == 0);
}

TEST_CASE("units are handed out in order, and not far ahead of the slowest") {
  UnitQueue queue(10, 3);
  CHECK(queue.claim() == 0U);
  CHECK(queue.claim() == 1U);
  CHECK(queue.claim() == 2U);
  queue.finish(1);
  std::optional<std::size_t> got;
  std::thread other([&] { got = queue.claim(); });
  queue.finish(0);  // now 2 is the slowest
  other.join();
  CHECK(got == 3U);
  queue.fail(3, {ErrorCode::internal, "third"});
  CHECK_FALSE(queue.claim().has_value());
  CHECK_FALSE(queue.given_up(2));
  CHECK(queue.given_up(4));
  queue.fail(2, {ErrorCode::internal, "second"});
  CHECK(queue.outcome().error().message == "second");
}

TEST_CASE("a team is the caller alone if nobody is idle") {
  ThreadPool busy("busy", 1, 10);
  std::atomic<bool> release = false;
  std::atomic<bool> started = false;
  REQUIRE(busy.submit([&] {
    started = true;
    started.notify_all();
    release.wait(false);
  }));
  started.wait(false);
  std::atomic<int> calls = 0;
  std::atomic<int> helped = 0;
  run_team(
      &busy, 3, [&] { ++calls; }, [&] { ++helped; });
  CHECK(calls == 1);
  CHECK(helped == 0);
  release = true;
  release.notify_all();
}

TEST_CASE("topk over logs is what it is over all series, equal values and NaN included") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  test::MemorySampleSource no_samples;
  for (int round = 0; round < 20; ++round) {
    test::MemoryLogSource logs(50);
    for (int i = 0; i < 300; ++i)
      logs.add({{"app", "a" + std::to_string(dice.below(60))}}, 1 + i,
               "v=" + std::string(dice.one_in(40) ? "NaN" : std::to_string(dice.below(4))));
    const std::string k = std::to_string(1 + dice.below(70));
    for (const std::string inner :
         {R"(sum by (app) (count_over_time({app=~".+"}[1h])))", R"(rate({app=~".+"}[1h]))",
          R"(sum by (app) (sum_over_time({app=~".+"} | logfmt | unwrap v [1h])))"}) {
      // Adding nothing keeps the series from being chosen while they are made.
      const std::string direct = "topk(" + k + ", " + inner + ")";
      const std::string indirect = "topk(" + k + ", " + inner + " + 0)";
      CAPTURE(direct);
      std::string results[2];
      for (int i = 0; i < 2; ++i) {
        QueryContext context;
        const auto expr = parse_logql(i == 0 ? direct : indirect);
        REQUIRE(expr.has_value());
        const auto result =
            Engine(logs, no_samples).instant(**expr, {default_tenant(), 3'000'000}, context);
        REQUIRE(result.has_value());
        for (const auto& sample : std::get<Vector>(result->value))
          results[i] += sample.labels.to_string() + " " + format_sample_value(sample.value) + "\n";
        CHECK(result->warnings.empty());
      }
      CHECK(results[0] == results[1]);
    }
  }
}
