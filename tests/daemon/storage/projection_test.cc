// What the store makes of a projection, against the same found by reading every line.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "daemon/storage/interval_counts.h"
#include "query/logql/pipeline.h"
#include "query/logql/units.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using query::LogProjection;

namespace {

// Lines of three kinds in two streams over an hour, sealed in parts, the last ones in the head.
class Projected : public StoreFixture {
 public:
  explicit Projected(std::uint64_t seed) : random_(seed) {
    options.retention = std::chrono::hours(0);
    open();
    for (int part = 0; part < 3; ++part) {
      for (int n = 0; n < 2; ++n) push_some(400);
      flush();
    }
    push_some(50);
  }
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string number(std::size_t n) { return std::to_string(below(n)); }

  // Calls visit for every batch.
  template <class Visit>
  void each_batch(query::LogSelect select, const Visit& visit) {
    select.tenant = tenant;
    query::QueryContext context;
    auto cursor = store().logs().select(select, context);
    REQUIRE(cursor.has_value());
    for (;;) {
      const auto batch = (*cursor)->next();
      REQUIRE(batch.has_value());
      if (!*batch) break;
      visit(**batch);
    }
    cursor->reset();  // what was asked for last is counted by then
    chunks_read = context.stats().chunks_read;
    lines_rebuilt = context.stats().lines_rebuilt;
    columns_read = context.stats().columns_decoded + context.stats().columns_cached;
  }
  std::uint64_t chunks_read = 0;
  std::uint64_t lines_rebuilt = 0;
  std::uint64_t columns_read = 0;

 private:
  void push_some(int lines) {
    std::vector<StreamEntries> streams;
    for (const char* app : {"a", "b"}) {
      StreamEntries one{{{"app", app}}, {}};
      for (int i = 0; i < lines; ++i)
        one.entries.push_back(entry(noon - static_cast<std::int64_t>(below(3600)) * second, line(),
                                    below(9) ? LabelSet() : LabelSet{{"pod", number(3)}}));
      streams.push_back(std::move(one));
    }
    push(std::move(streams));
  }

  std::string text() {
    static const char* const texts[] = {"",  "plain", R"(es\"caped)", R"(\u00e4 and \n)",
                                        "7", "a=b"};
    return texts[below(6)];
  }

  std::string line() {
    switch (below(8)) {
      case 0: return "no fields here, only " + number(99);
      case 1:
        return "level=info status=" + number(600) + " msg=\"" + text() + "\" d=" + number(9) + "." +
               number(99);
      case 2: return "level=warn empty= status=x" + number(3) + " msg=word";
      case 3: return R"({"status":null,"d":)" + number(9) + "." + number(1000) + R"(,"msg":[1,2]})";
      case 4:
        return R"({"a":{"b":)" + number(5) + R"(},"a_b":"second","status":")" + number(600) +
               R"("})";
      case 5: return R"({"status":true,"msg":")" + text() + R"("})";
      default:
        return R"({"status":)" + number(600) + R"(,"msg":")" + text() + R"(","d":)" + number(9) +
               "." + number(100) + "}";
    }
  }

  std::mt19937_64 random_;
};

using StreamInterval = std::pair<std::string, std::int64_t>;
using Counts = std::map<StreamInterval, std::pair<std::uint64_t, std::uint64_t>>;

std::int64_t interval_of(Timestamp t, Duration d) {
  const std::int64_t ns = unix_ns(t) - 1;  // left-open; after 1970 here
  return ns / d.count();
}

Counts count_lines(const std::vector<Found>& found, Duration d) {
  Counts counts;
  for (const auto& one : found) {
    auto& [rows, bytes] = counts[{one.labels.to_string(), interval_of(one.entry.timestamp, d)}];
    ++rows;
    bytes += one.entry.line.size();
  }
  return counts;
}

// What the parser's stage makes of a line: the value of a field, or "-" for none; "!" for an error.
std::string parse(LogProjection::Parser parser, const std::string& line, const std::string& field) {
  static const LabelSet none;
  const query::Stage stage = parser == LogProjection::Parser::json
                                 ? query::Stage(query::JsonStage{})
                                 : query::Stage(query::LogfmtStage{});
  auto pipeline = query::logql::Pipeline::compile(std::span(&stage, 1));
  REQUIRE(pipeline.has_value());
  pipeline->bind(none);
  pipeline->run({}, line, nullptr);
  if (pipeline->labels().has_error()) return "!";
  const auto value = pipeline->labels().get(field);
  return value ? "=" + std::string(*value) : "-";
}

bool same_number(double number, const std::string& expected) {
  const auto parsed = query::logql::parse_float(expected.substr(1));
  return parsed && *parsed == number;
}

void check_field(const query::FieldColumn& field, std::size_t row, const std::string& expected) {
  if (!field.numbers.empty()) {
    const bool present = field.present.empty() || field.present[row] != 0;
    CHECK(present == (expected != "-"));
    if (present) CHECK(same_number(field.numbers[row], expected));
    return;
  }
  const std::uint32_t code = field.codes[row];
  CHECK((code == query::FieldColumn::absent ? "-" : "=" + std::string(field.values[code])) ==
        expected);
}

std::string line_of(const query::LogBatch& batch, std::size_t row) {
  if (!batch.lines.empty()) return std::string(batch.lines[row]);
  REQUIRE(batch.loader != nullptr);
  const auto line = batch.loader->line(row);
  REQUIRE(line.has_value());
  return std::string(*line);
}

}  // namespace

TEST_CASE("counts and sizes per interval are those of the lines") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Projected store(seed);
  for (const auto& needle : {"", "status"}) {
    for (const Duration interval : {Duration(std::chrono::minutes(5)), Duration(7 * second)}) {
      query::LogSelect select;
      const std::int64_t length = interval.count();
      const std::int64_t end = noon / length * length - 3 * length;
      select.range = {from_unix_ns(end - 40 * length + 1), from_unix_ns(end + 1)};
      if (*needle)
        select.filters = {query::LineFilter::make(query::LineOp::contains, {needle}).value()};
      const auto expected = count_lines(store.query(select), interval);
      select.projection.lines = LogProjection::Lines::none;
      select.projection.sizes = true;
      select.projection.coalesce = interval;
      select.projection.metadata.emplace();
      Counts got;
      store.each_batch(select, [&](const query::LogBatch& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
          CHECK(select.range.contains(batch.timestamps[i]));
          auto& [rows, bytes] =
              got[{batch.labels->to_string(), interval_of(batch.timestamps[i], interval)}];
          rows += batch.counts.empty() ? 1 : batch.counts[i];
          bytes += batch.sizes.empty() ? batch.lines[i].size() : batch.sizes[i];
        }
      });
      CHECK(got == expected);
      if (!*needle && interval > std::chrono::minutes(1)) CHECK(store.chunks_read == 0);
    }
  }
}

// Windows of 5 minutes begin and end between minutes, those of 7 seconds within, and one of an
// hour holds most there is.
TEST_CASE("times that mean the same are known without the column of timestamps") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Projected store(seed);
  using std::chrono::minutes;
  for (const Duration interval :
       {Duration(7 * second), Duration(minutes(5)), Duration(minutes(60))})
    for (const char* const needle : {"", "status"}) {
      query::LogSelect select;
      const std::int64_t length = interval.count();
      const std::int64_t end = noon / length * length;
      const std::int64_t windows = length < 60 * second ? 300 : 3;
      select.range = {from_unix_ns(end - windows * length + 1), from_unix_ns(end + 1)};
      select.filters = {query::LineFilter::make(query::LineOp::contains, {needle}).value()};
      const auto expected = count_lines(store.query(select), interval);
      select.projection.lines = LogProjection::Lines::on_demand;
      select.projection.metadata.emplace();
      select.projection.same_until = [interval](Timestamp t) {
        return interval_end_of(t, interval);
      };
      Counts got;
      store.each_batch(select, [&](const query::LogBatch& batch) {
        CHECK(std::is_sorted(batch.timestamps.begin(), batch.timestamps.end()));
        for (std::size_t i = 0; i < batch.size(); ++i) {
          auto& [rows, bytes] =
              got[{batch.labels->to_string(), interval_of(batch.timestamps[i], interval)}];
          ++rows;
          bytes += line_of(batch, i).size();
        }
      });
      CHECK(got == expected);
    }
}

TEST_CASE("of whole windows no timestamps are read") {
  Projected store(3);
  query::LogSelect select;
  select.range = {from_unix_ns(noon - 7200 * second), from_unix_ns(noon + 1)};
  select.projection.lines = LogProjection::Lines::on_demand;
  const auto columns_of = [&](query::LogProjection::SameUntil same) {
    select.projection.same_until = std::move(same);
    std::size_t rows = 0;
    store.each_batch(select, [&](const query::LogBatch& batch) { rows += batch.size(); });
    CHECK(rows > 0);
    return store.columns_read;
  };
  const auto exact = columns_of({});
  CHECK(columns_of([](Timestamp) { return Timestamp::max(); }) < exact);
}

TEST_CASE("lines with halves of surrogate pairs are left to the parser") {
  Projected store(1);
  std::vector<LogEntry> lines;
  for (int i = 0; i < 40; ++i)
    lines.push_back(entry(noon, R"({"status":200,"msg":"\ud8)" + std::to_string(10 + i) + "\"}"));
  store.push({stream({{"app", "pairs"}}, lines)});
  store.flush();
  query::LogSelect select;
  select.matchers = matchers({{"app", query::MatchOp::equal, "pairs"}});
  select.projection.parser = LogProjection::Parser::json;
  select.projection.fields = {{"status", false}};
  std::size_t rows = 0;
  store.each_batch(select, [&](const query::LogBatch& batch) {
    rows += batch.lines.size();
    CHECK(!batch.parsed);
  });
  CHECK(rows == 40);
}

TEST_CASE("fields from columns are what the parser makes of the lines") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Projected store(seed);
  for (const auto parser : {LogProjection::Parser::json, LogProjection::Parser::logfmt}) {
    query::LogSelect select;
    select.projection.lines = LogProjection::Lines::on_demand;
    select.projection.parser = parser;
    for (const char* name : {"status", "msg", "a_b", "nowhere", "empty"})
      select.projection.fields.push_back({name, false});
    select.projection.fields.push_back({"d", true});
    std::size_t rows = 0;
    std::size_t from_columns = 0;
    store.each_batch(select, [&](const query::LogBatch& batch) {
      for (std::size_t row = 0; row < batch.size(); ++row, ++rows) {
        if (!batch.parsed || (!batch.unparsed.empty() && batch.unparsed[row])) continue;
        ++from_columns;
        const std::string line = line_of(batch, row);
        INFO(line);
        for (std::size_t i = 0; i < batch.fields.size(); ++i)
          check_field(batch.fields[i], row, parse(parser, line, select.projection.fields[i].name));
      }
    });
    CHECK(rows == 2 * (6 * 400 + 50));
    CHECK(from_columns > rows / 10);
  }
}

TEST_CASE("lines are counted as they are rebuilt, and no others") {
  Projected store(2);
  query::LogSelect select;
  store.each_batch(select, [](const query::LogBatch&) {});
  CHECK(store.lines_rebuilt == 2 * 6 * 400);  // all but those of the head
  select.projection.lines = LogProjection::Lines::on_demand;
  std::size_t asked = 0;
  store.each_batch(select, [&](const query::LogBatch& batch) {
    if (batch.loader == nullptr || asked == 7) return;
    REQUIRE(batch.loader->line(batch.size() - 1).has_value());
    ++asked;
  });
  CHECK(asked > 0);
  CHECK(store.lines_rebuilt == asked);
}
