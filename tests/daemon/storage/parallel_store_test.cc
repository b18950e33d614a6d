// One query over a store read by several threads: the same result to the bit, and an EXPLAIN that
// adds up whichever way a row group was answered.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <random>

#include "base/runtime/io_runtime.h"
#include "query/engine/engine.h"
#include "tests/daemon/storage/store_fixture.h"
#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::storage::test;
using query::test::Dice;

namespace {

// Entries in a dozen parts, the last ones in the head.
struct Parts : StoreFixture {
  explicit Parts(Dice& dice) {
    options.retention = std::chrono::hours(0);
    open();
    for (int part = 0; part < 12; ++part) {
      query::test::MemoryLogSource made;
      const bool with_metadata = dice.one_in(2);
      for (int i = 0; i < 10; ++i) fill(made, dice, with_metadata);
      std::vector<StreamEntries> streams;
      for (const auto& stream : made.data()) streams.push_back({stream.labels, stream.entries});
      push(std::move(streams));
      if (part < 10) flush();
    }
  }
};

struct Answer {
  std::string result;
  std::string counts;
  std::uint64_t threads = 0;
};

std::string bits_of(double value) {
  std::string bits(sizeof(value), '\0');
  std::memcpy(bits.data(), &value, sizeof(value));
  return bits;
}

std::string text_of(const query::QueryResult& result) {
  std::string out;
  if (const auto* streams = std::get_if<query::Streams>(&result.value))
    for (const auto& stream : *streams) {
      out += stream.labels.to_string();
      for (const auto& entry : stream.entries)
        out += "\n" + std::to_string(unix_ns(entry.timestamp)) + " " + entry.line;
    }
  if (const auto* matrix = std::get_if<query::Matrix>(&result.value))
    for (const auto& series : *matrix) {
      out += series.labels.to_string();
      for (const auto& sample : series.samples) out += bits_of(sample.value);
    }
  return out;
}

// Every row group that is considered is in one of the counts.
void check_sum(const query::QueryStats& stats) {
  CHECK(stats.groups == stats.groups_skipped_stream + stats.groups_skipped_time +
                            stats.groups_skipped_template + stats.groups_skipped_filter +
                            stats.groups_skipped_header + stats.groups_from_header +
                            stats.groups_read + stats.groups_damaged);
  CHECK(stats.unsealed_considered >= stats.head_batches);
  if (stats.groups_read == 0) CHECK(stats.chunks_read == 0);
  CHECK(stats.columns_decoded + stats.columns_cached >= stats.groups_read);
}

Answer ask(storage::RocksStore& store, const query::Expr& expr, std::size_t limit,
           query::Direction direction, query::QueryLimits limits) {
  query::QueryContext context({}, std::move(limits));
  const query::Engine engine(store.logs(), store.samples());
  const TimeRange all{from_unix_ns(10 * second), from_unix_ns(220 * second)};
  const auto result = expr.type == query::ValueType::streams
                          ? engine.logs(expr, default_tenant(), {all, limit, direction}, context)
                          : engine.range(expr, {default_tenant(), 0, 240'000, 30'000}, context);
  const auto& stats = context.stats();
  if (result) check_sum(stats);
  Answer answer{result ? text_of(*result) : result.error().message, {}, stats.workers};
  for (const auto* count :
       {&stats.groups, &stats.groups_skipped_stream, &stats.groups_skipped_template,
        &stats.groups_skipped_filter, &stats.groups_skipped_header})
    answer.counts += std::to_string(*count) + " ";
  return answer;
}

}  // namespace

TEST_CASE("a store answers the same whatever the number of threads, and explains all of it") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  ThreadPool pool("help", 3, 100);
  query::QueryLimits several;
  several.helpers = &pool;
  several.max_workers = 4;
  std::uint64_t most_threads = 0;
  for (int round = 0; round < 2; ++round) {
    Parts parts(dice);
    for (int n = 0; n < 40; ++n) {
      const std::string text =
          dice.one_in(3) ? R"({app=~".+"})" + random_stages(dice) : random_metric(dice);
      const auto limit = static_cast<std::size_t>(1 + dice.below(300));
      const auto direction =
          dice.one_in(2) ? query::Direction::backward : query::Direction::forward;
      CAPTURE(text, limit, direction == query::Direction::backward);
      const auto expr = query::parse_logql(text);
      REQUIRE(expr.has_value());
      const Answer one = ask(parts.store(), **expr, limit, direction, {});
      const Answer many = ask(parts.store(), **expr, limit, direction, several);
      REQUIRE(many.result == one.result);
      if ((*expr)->type != query::ValueType::streams) CHECK(many.counts == one.counts);
      most_threads = std::max(most_threads, many.threads);
    }
  }
  CHECK(most_threads > 1);
}

namespace {

// One row group for each of what may be skipped.
struct Skipped : StoreFixture {
  Skipped() {
    options.retention = std::chrono::hours(0);
    open();
    std::vector<LogEntry> fixed, worded, numbered;
    for (int i = 0; i < 100; ++i) {
      fixed.push_back(entry(i * second, "always the same line"));
      worded.push_back(entry(i * second, R"({"word":"apple)" + std::to_string(i) + R"(x"})"));
      numbered.push_back(entry(i * second, R"({"number":)" + std::to_string(100 + i) + "}"));
    }
    push({stream({{"app", "fixed"}}, fixed)});
    flush();
    push({stream({{"app", "worded"}}, worded)});
    flush();
    push({stream({{"app", "numbered"}}, numbered)});
    flush();
  }
  void ask(const std::string& text, query::QueryContext& context, std::int64_t start = 0) {
    const auto expr = query::parse_logql(text);
    REQUIRE(expr.has_value());
    const query::Engine engine(store().logs(), store().samples());
    const TimeRange range{from_unix_ns(start), from_unix_ns(1000 * second)};
    REQUIRE(engine.logs(**expr, default_tenant(), {range, 1000, query::Direction::forward}, context)
                .has_value());
    check_sum(context.stats());
    CHECK(context.stats().groups == 3 - context.stats().parts.skipped_by_time());
  }
};

}  // namespace

TEST_CASE("what a row group was skipped by is told apart") {
  Skipped s;
  query::QueryContext by_stream;
  s.ask(R"({app="fixed"})", by_stream);
  CHECK(by_stream.stats().groups_skipped_stream == 2);
  CHECK(by_stream.stats().groups_read == 1);
  CHECK(by_stream.stats().bytes_read > 0);  // headers at least, which are known from here on

  query::QueryContext by_time;
  s.ask(R"({app=~".+"})", by_time, 500 * second);
  CHECK(by_time.stats().parts.skipped_by_time() == 3);

  query::QueryContext by_words;
  s.ask(R"({app=~".+"} |= "zebra")", by_words);
  CHECK(by_words.stats().groups_skipped_template == 1);  // there are no values
  CHECK(by_words.stats().groups_skipped_filter == 2);
  CHECK(by_words.stats().chunks_read == 0);

  query::QueryContext by_number;
  s.ask(R"({app="numbered"} |= "77777")", by_number);  // longer than the greatest
  CHECK(by_number.stats().groups_skipped_header == 1);
  query::QueryContext by_field;
  s.ask(R"({app="numbered"} | json | number="7000000")", by_field);
  CHECK(by_field.stats().groups_skipped_header == 1);
  query::QueryContext no_field;
  s.ask(R"({app="numbered"} | json | colour="red")", no_field);
  CHECK(no_field.stats().groups_skipped_template == 1);

  query::QueryContext read;
  s.ask(R"({app="worded"} |= "apple77x")", read);
  CHECK(read.stats().groups_read == 1);
  CHECK(read.stats().columns_decoded > 0);
  CHECK(read.stats().lines_kept == 1);
}

TEST_CASE("row groups that their header answers are counted, filtered or not") {
  Skipped s;
  const auto count = [&](const std::string& text, query::QueryContext& context) {
    const auto expr = query::parse_logql(text);
    REQUIRE(expr.has_value());
    const query::Engine engine(s.store().logs(), s.store().samples());
    REQUIRE(engine.range(**expr, {default_tenant(), 0, 240'000, 60'000}, context).has_value());
    check_sum(context.stats());
  };
  query::QueryContext plain;
  count(R"(sum(count_over_time({app=~".+"}[1m])))", plain);
  CHECK(plain.stats().groups_from_header == 3);
  CHECK(plain.stats().chunks_read == 0);
  // The only template has the word, so that every line counts.
  query::QueryContext filtered;
  count(R"(sum(count_over_time({app="fixed"} |= "same" [1m])))", filtered);
  CHECK(filtered.stats().groups_from_header == 1);
  CHECK(filtered.stats().groups_read == 0);
}

TEST_CASE("a part that several slices of a query look at is one part") {
  Skipped s;
  query::QueryContext context;
  s.ask(R"({app=~".+"})", context, 500 * second);
  s.ask(R"({app="fixed"})", context);
  CHECK(context.stats().parts.considered() == 3);
  CHECK(context.stats().parts.skipped_by_time() == 0);
}
