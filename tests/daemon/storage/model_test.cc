// Random pushes, re-sent batches, seals, merges, flushes and reopenings against a plain vector.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

bool before(const Found& a, const Found& b) {
  return std::tie(a.labels, a.entry.timestamp, a.entry.line, a.entry.metadata) <
         std::tie(b.labels, b.entry.timestamp, b.entry.line, b.entry.metadata);
}

class Model : public StoreFixture {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {
    options.seal_bytes = 4000;  // small parts, so that tiers fill
    options.retention = std::chrono::hours(0);
    open();
  }

  void step() {
    switch (below(12)) {
      case 0: flush(); break;
      case 1: store().tick(); break;
      case 2: REQUIRE(store().merge_now().has_value()); break;
      case 3: reopen(); break;
      case 4: clock.advance(std::chrono::seconds(below(400))); break;
      case 5: push_source(); break;
      default: push_random();
    }
  }

  // A query of random matchers, range and filters against the same over the vector.
  void compare() {
    query::LogSelect select;
    select.range = random_range();
    if (below(2)) select.direction = query::Direction::forward;
    if (below(2))
      select.matchers = matchers({{"app", query::MatchOp::equal, below(2) ? "a0" : "a1"}});
    for (std::size_t n = below(3); n > 0; --n) select.filters.push_back(random_filter());
    std::vector<Found> expected;
    for (const auto& found : entries_)
      if (wanted(found, select)) expected.push_back(found);
    auto got = query(select);
    std::sort(expected.begin(), expected.end(), before);
    std::sort(got.begin(), got.end(), before);
    CHECK(got.size() == expected.size());
    CHECK(got == expected);
    CHECK(warnings.empty());
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }

  static bool wanted(const Found& found, const query::LogSelect& select) {
    if (!select.range.contains(found.entry.timestamp)) return false;
    if (!query::matches_all(select.matchers, found.labels)) return false;
    return std::all_of(select.filters.begin(), select.filters.end(),
                       [&](const auto& filter) { return filter.matches(found.entry.line); });
  }

  Timestamp random_time() {
    static constexpr std::int64_t spans[] = {10, 1000 * second, 86'400 * second * 3};
    const auto span = static_cast<std::uint64_t>(spans[below(3)]);
    return from_unix_ns(noon - static_cast<std::int64_t>(random_() % span));
  }

  TimeRange random_range() {
    if (below(3) == 0) return {};
    const auto [start, end] = std::minmax({random_time(), random_time()});
    return {start, end};
  }

  query::LineFilter random_filter() {
    static constexpr query::LineOp ops[] = {query::LineOp::contains, query::LineOp::not_contains,
                                            query::LineOp::regex, query::LineOp::not_regex};
    const auto op = ops[below(4)];
    const bool regex = op == query::LineOp::regex || op == query::LineOp::not_regex;
    static const char* const words[] = {"7",       "x1",    "status\":2", "took 1", "absent word",
                                        "k in ms", "user=", "xxxx",       "",       "s=3"};
    static const char* const expressions[] = {"7$", "^x+1", "(?i)TOOK \\d", "status|user", "^$"};
    const std::string value = regex ? expressions[below(5)] : words[below(10)];
    return query::LineFilter::make(op, {value}).value();
  }

  std::string random_line() {
    const auto number = [&](std::size_t n) { return std::to_string(below(n)); };
    switch (below(6)) {
      case 0: return R"({"status":)" + number(300) + R"(,"user":"u)" + number(9) + R"("})";
      case 1: return "level=info user=u" + number(9) + " ms=" + number(40);
      case 2: return "took " + number(20) + "." + number(9) + " k in ms";
      default: return std::string(below(20), 'x') + number(50);
    }
  }

  LogEntry random_entry() {
    std::string line = random_line();
    LabelSet metadata;
    if (below(4) == 0) metadata.set("trace", std::to_string(below(5)));
    return {random_time(), std::move(line), std::move(metadata)};
  }

  void push_random() {
    std::vector<StreamEntries> streams;
    for (std::size_t s = below(3) + 1; s > 0; --s) {
      StreamEntries one{
          {{"app", "a" + std::to_string(below(3))}, {"pod", std::to_string(below(3))}}, {}};
      const std::size_t most = below(8) == 0 ? 200 : 20;
      for (std::size_t n = below(most); n > 0; --n) one.entries.push_back(random_entry());
      for (const auto& e : one.entries) entries_.push_back({one.labels, e});
      streams.push_back(std::move(one));
    }
    push(std::move(streams));
  }

  // Sends the next lines of a source, beginning anywhere at or before its mark.
  void push_source() {
    const std::size_t number = below(2);
    auto& sent = sources_[number];
    const std::string source(32, static_cast<char>('a' + number));
    const std::size_t from = sent.empty() ? 0 : below(sent.size() + 1);
    const std::size_t known = sent.size();
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < from; ++i) start += sent[i].size() + 1;
    for (std::size_t n = below(5) + 1; n > 0; --n)
      sent.push_back("line" + std::to_string(below(99)));
    const std::size_t to = from + below(sent.size() - from) + 1;
    sent.resize(std::max(to, known));
    const std::vector<std::string> lines(sent.begin() + static_cast<std::ptrdiff_t>(from),
                                         sent.begin() + static_cast<std::ptrdiff_t>(to));
    const auto outcome = push_from(source, start, lines);
    REQUIRE(outcome.has_value());
    CHECK(outcome->accepted == (to > known ? to - known : 0));
    std::uint64_t end = start;
    for (std::size_t i = from; i < to; ++i) {
      end += sent[i].size() + 1;
      const auto ns = noon + static_cast<std::int64_t>(end);
      if (i >= known) entries_.push_back({{{"source", source}}, entry(ns, sent[i])});
    }
  }

  std::mt19937_64 random_;
  std::vector<Found> entries_;
  std::vector<std::string> sources_[2];
};

}  // namespace

TEST_CASE("the store agrees with a plain vector") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Model model(seed);
  for (int i = 0; i < 400; ++i) {
    model.step();
    if (i % 5 == 0) model.compare();
  }
  model.reopen();
  model.compare();
}

TEST_CASE("samples agree with a plain map") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  StoreFixture fixture;
  fixture.open();
  constexpr std::int64_t noon_ms = noon / 1'000'000;
  std::map<std::string, std::map<std::int64_t, double>> model;
  for (int i = 0; i < 300; ++i) {
    const std::string series = std::to_string(random() % 4);
    std::vector<Sample> samples;
    for (auto n = random() % 10; n > 0; --n) {
      const auto back = static_cast<std::int64_t>(random() % (random() % 2 ? 50 : 200'000'000));
      samples.push_back({noon_ms - back, static_cast<double>(random() % 3)});
    }
    std::size_t accepted = 0;
    for (const auto& sample : samples) {
      const auto [it, added] = model[series].try_emplace(sample.timestamp_ms, sample.value);
      accepted += added || it->second == sample.value;
    }
    const LabelSet labels = {{"__name__", "m"}, {"series", series}};
    const auto written = fixture.store().write(fixture.tenant, {{labels, samples}}, {});
    REQUIRE(written.has_value());
    CHECK(written->accepted == accepted);
    if (random() % 10 == 0) fixture.flush();
    if (random() % 20 == 0) fixture.reopen();
  }
  for (const auto& found : fixture.samples("m", INT64_MIN, INT64_MAX)) {
    const auto& expected = model[std::string(found.labels.get("series"))];
    REQUIRE(found.samples.size() == expected.size());
    auto it = expected.begin();
    for (const auto& sample : found.samples) {
      CHECK(sample.timestamp_ms == it->first);
      CHECK(sample.value == it->second);
      ++it;
    }
  }
}
