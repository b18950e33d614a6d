// However many rows a batch has, a query notices within few of them that it is to end.
#include <catch2/catch_test_macros.hpp>

#include "query/engine/batch_filter.h"
#include "query/engine/engine.h"
#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;

namespace {

constexpr std::size_t rows = 20'000;

// One batch whose lines are rebuilt one by one; the client leaves while the first one is.
class LeavingClient : public LogSource, public LogScan, public LogUnits, public LineLoader {
 public:
  std::stop_source client;
  std::size_t lines_rebuilt = 0;
  bool by_columns = false;  // the rows have columns, and are all in doubt

  std::size_t units() const override { return 1; }
  std::unique_ptr<LogUnits> reader() override;
  Result<void> open(std::size_t) override { return {}; }
  Result<const LogBatch*> next() override {
    if (given_) return static_cast<const LogBatch*>(nullptr);
    given_ = true;
    return &batch_;
  }
  void narrow(TimeRange) override {}
  Result<std::string_view> line(std::size_t) override {
    ++lines_rebuilt;
    client.request_stop();
    return std::string_view("v=1");
  }
  Result<std::vector<LabelSet>> streams(const TenantId&, const std::vector<LabelMatcher>&,
                                        TimeRange) override {
    return std::vector<LabelSet>();
  }

 private:
  Result<std::unique_ptr<LogScan>> open_scan(const LogSelect& select, QueryContext&) override;

  LabelSet labels_{{"app", "a"}};
  std::vector<Timestamp> times_;
  std::vector<std::uint8_t> unparsed_;
  std::vector<FieldColumn> columns_;
  LogBatch batch_;
  bool given_ = false;
};

// The engine owns what it reads by; this test owns the source that is all of it.
class Units : public LogUnits {
 public:
  explicit Units(LogUnits& all) : all_(all) {}
  Result<void> open(std::size_t unit) override { return all_.open(unit); }
  Result<const LogBatch*> next() override { return all_.next(); }
  void narrow(TimeRange range) override { all_.narrow(range); }

 private:
  LogUnits& all_;
};
class OneScan : public LogScan {
 public:
  explicit OneScan(LogScan& all) : all_(all) {}
  std::size_t units() const override { return all_.units(); }
  std::unique_ptr<LogUnits> reader() override { return all_.reader(); }

 private:
  LogScan& all_;
};

std::unique_ptr<LogUnits> LeavingClient::reader() {
  return std::make_unique<Units>(*this);
}

Result<std::unique_ptr<LogScan>> LeavingClient::open_scan(const LogSelect& select, QueryContext&) {
  for (std::size_t i = 0; i < rows; ++i) times_.push_back(from_unix_ns(1'000'000 + 1));
  unparsed_.assign(rows, 1);
  batch_.labels = &labels_;
  batch_.timestamps = times_;
  batch_.loader = this;
  batch_.parsed = by_columns && select.projection.parser != LogProjection::Parser::none;
  if (batch_.parsed) batch_.unparsed = unparsed_;
  columns_.resize(select.projection.fields.size());
  if (batch_.parsed) batch_.fields = columns_;
  return std::unique_ptr<LogScan>(std::make_unique<OneScan>(*this));
}

// The query ends as cancelled; how many lines it rebuilt until then.
std::size_t rebuilt(const std::string& text, bool by_columns) {
  LeavingClient logs;
  logs.by_columns = by_columns;
  test::MemorySampleSource no_samples;
  QueryContext context(logs.client.get_token());
  const auto expr = parse_logql(text);
  REQUIRE(bool(expr));
  const auto result = Engine(logs, no_samples).instant(**expr, {default_tenant(), 1000}, context);
  REQUIRE_FALSE(bool(result));
  CHECK(result.error().code == ErrorCode::cancelled);
  return logs.lines_rebuilt;
}

}  // namespace

TEST_CASE("metric queries notice within a batch that the client left") {
  // By lines, by the sizes of lines, by columns whose rows are all in doubt.
  CHECK(rebuilt(R"(count_over_time({app="a"} | logfmt | v="1" [1h]))", false) <=
        rows_between_checks);
  CHECK(rebuilt(R"(bytes_over_time({app="a"}[1h]))", false) <= rows_between_checks);
  CHECK(rebuilt(R"(count_over_time({app="a"} | logfmt | v="1" [1h]))", true) <=
        rows_between_checks);
}

TEST_CASE("a scan of rows notices within a batch that the client left") {
  LeavingClient logs;
  test::MemorySampleSource no_samples;
  QueryContext context(logs.client.get_token());
  const auto expr = parse_logql(R"({app="a"})");
  REQUIRE(bool(expr));
  std::size_t visited = 0;
  const auto done = Engine(logs, no_samples)
                        .scan(std::get<LogQuery>((*expr)->node),
                              {default_tenant(), {from_unix_ns(0), Timestamp::max()}, {}, {}},
                              context, [&](const LogBatch& batch, std::size_t row) -> Result<bool> {
                                ++visited;
                                SLUICE_CHECK(line_of(batch, row));
                                return true;
                              });
  REQUIRE_FALSE(bool(done));
  CHECK(done.error().code == ErrorCode::cancelled);
  CHECK(visited <= rows_between_checks);
}
