#include "tests/daemon/storage/store_fixture.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "tests/daemon/push_views.h"
#include "tests/daemon/sent_push.h"

namespace sluice::storage::test {

LogEntry entry(std::int64_t ns, std::string line, LabelSet metadata) {
  return {from_unix_ns(ns), std::move(line), std::move(metadata)};
}

StreamEntries stream(LabelSet labels, std::vector<LogEntry> entries) {
  return {std::move(labels), std::move(entries)};
}

std::vector<query::LabelMatcher> matchers(
    std::initializer_list<std::tuple<const char*, query::MatchOp, const char*>> list) {
  std::vector<query::LabelMatcher> out;
  for (const auto& [name, op, value] : list) {
    auto matcher = query::LabelMatcher::make(name, op, value);
    REQUIRE(matcher.has_value());
    out.push_back(std::move(*matcher));
  }
  return out;
}

StoreFixture::StoreFixture() {
  options.path = dir_ / "data";
  options.min_free_bytes = 0;
  hooks.background = false;
}

Result<void> StoreFixture::try_open() {
  SLUICE_TRY(store_, RocksStore::open(options, clock, metrics, hooks));
  return {};
}

void StoreFixture::open() {
  const auto opened = try_open();
  INFO((opened ? std::string() : opened.error().message));
  REQUIRE(opened.has_value());
}

void StoreFixture::reopen() {
  close();
  open();
}

Result<PushOutcome> StoreFixture::send(LogPush push) {
  const bool compressed = pushes_++ % 2 == 1;
  return store_->push(compressed ? as_sent(std::move(push)) : std::move(push));
}

Result<PushOutcome> StoreFixture::try_push(const std::vector<StreamEntries>& streams) {
  return send({tenant, views_of(streams), std::nullopt});
}

PushOutcome StoreFixture::push(const std::vector<StreamEntries>& streams) {
  auto outcome = try_push(streams);
  INFO((outcome ? std::string() : outcome.error().message));
  REQUIRE(outcome.has_value());
  return *outcome;
}

Result<PushOutcome> StoreFixture::push_from(const std::string& source, std::uint64_t start,
                                            std::vector<std::string> lines, bool gap_is_loss) {
  BatchIdentity identity;
  identity.agent = AgentId("agent");
  identity.source = source;
  identity.start = start;
  identity.end = start;
  identity.gap_is_loss = gap_is_loss;
  std::vector<LogEntry> entries;
  for (auto& line : lines) {
    identity.end += line.size() + 1;
    identity.ends.push_back(identity.end);
    entries.push_back(entry(noon + static_cast<std::int64_t>(identity.end), std::move(line)));
  }
  const std::vector<StreamEntries> streams = {stream({{"source", source}}, entries)};
  return send({tenant, views_of(streams), identity});
}

std::vector<Found> StoreFixture::query(query::LogSelect select) {
  select.tenant = tenant;
  query::QueryContext context;
  auto cursor = store_->logs().select(select, context);
  REQUIRE(cursor.has_value());
  std::vector<Found> found;
  for (;;) {
    const auto batch = (*cursor)->next();
    REQUIRE(batch.has_value());
    if (!*batch) break;
    const query::LogBatch& b = **batch;
    REQUIRE(b.timestamps.size() == b.lines.size());
    REQUIRE(std::is_sorted(b.timestamps.begin(), b.timestamps.end()));
    for (std::size_t i = 0; i < b.lines.size(); ++i) {
      const LabelSet* metadata = b.metadata.empty() ? nullptr : b.metadata[i];
      found.push_back(
          {*b.labels,
           {b.timestamps[i], std::string(b.lines[i]), metadata ? *metadata : LabelSet()}});
    }
  }
  warnings = context.warnings();
  return found;
}

std::vector<Found> StoreFixture::query_all() {
  return query({});
}

std::vector<std::string> StoreFixture::lines() {
  std::vector<std::string> out;
  for (const auto& found : query_all()) out.push_back(found.entry.line);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<LabelSet> StoreFixture::series_of(const TenantId& whose,
                                              std::vector<query::LabelMatcher> matching,
                                              std::int64_t start_ms, std::int64_t end_ms) {
  query::QueryContext context;
  auto found = store_->samples().series({whose, std::move(matching), start_ms, end_ms}, context);
  REQUIRE(found.has_value());
  warnings = context.warnings();
  return std::move(*found);
}

std::vector<query::SampleSeries> StoreFixture::samples(const std::string& name,
                                                       std::int64_t start_ms, std::int64_t end_ms) {
  query::QueryContext context;
  query::SampleSelect select;
  select.tenant = tenant;
  select.matchers = matchers({{"__name__", query::MatchOp::equal, name.c_str()}});
  select.start_ms = start_ms;
  select.end_ms = end_ms;
  auto cursor = store_->samples().select(select, context);
  REQUIRE(cursor.has_value());
  std::vector<query::SampleSeries> found;
  for (;;) {
    const auto series = (*cursor)->next();
    REQUIRE(series.has_value());
    if (!*series) break;
    found.push_back(**series);
  }
  warnings = context.warnings();
  return found;
}

void StoreFixture::flush() {
  REQUIRE(store_->flush().has_value());
}

double metric(Metrics& metrics, const std::string& name) {
  std::istringstream text(metrics.serialize());
  for (std::string line; std::getline(text, line);)
    if (line.rfind(name + " ", 0) == 0) return std::stod(line.substr(name.size() + 1));
  return 0;
}

}  // namespace sluice::storage::test
