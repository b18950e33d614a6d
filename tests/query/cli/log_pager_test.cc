#include "query/cli/log_pager.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "query/cli/tail_state.h"

using namespace sluice;
using namespace sluice::query::cli;

namespace {

LogLine line(std::int64_t ns, std::string text) {
  return {from_unix_ns(ns), LabelSet{{"app", "a"}}, std::move(text), {}};
}

// A store too simple to be wrong: all lines in order; a query gives the first `limit` of a range.
class Model {
 public:
  explicit Model(std::vector<LogLine> lines) : lines_(std::move(lines)) {}

  std::vector<LogLine> query(const LogPager::Page& page, bool forward) const {
    std::vector<LogLine> found;
    for (const auto& l : lines_) {
      if (page.range.contains(l.timestamp)) found.push_back(l);
    }
    sort_lines(found, forward);
    found.resize(std::min<std::size_t>(found.size(), page.limit));
    return found;
  }

  std::vector<LogLine> everything(bool forward, std::size_t limit) const {
    auto all = lines_;
    sort_lines(all, forward);
    if (limit > 0) all.resize(std::min(all.size(), limit));
    return all;
  }

  std::vector<LogLine> read(bool forward, std::uint64_t limit, std::uint64_t batch) const {
    LogPager pager({from_unix_ns(0), from_unix_ns(1'000'000)}, forward, limit, batch);
    std::vector<LogLine> got;
    for (int pages = 0; const auto page = pager.next(); ++pages) {
      REQUIRE(pages < 10'000);
      for (auto& l : pager.accept(query(*page, forward))) got.push_back(std::move(l));
    }
    return got;
  }

 private:
  std::vector<LogLine> lines_;
};

}  // namespace

TEST_CASE("a page that comes in pieces is as the whole page") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<LogLine> lines;
    for (unsigned i = 0; i < 40; ++i)
      lines.push_back(line(random() % 12, std::string(1, static_cast<char>('a' + random() % 3))));
    const Model model(lines);
    const bool forward = random() % 2 == 0;
    const std::uint64_t limit = random() % 2 == 0 ? 0 : random() % 50;
    const std::uint64_t batch = 1 + random() % 9;
    LogPager pager({from_unix_ns(0), from_unix_ns(1'000'000)}, forward, limit, batch);
    std::vector<LogLine> got;
    for (int pages = 0; const auto page = pager.next(); ++pages) {
      REQUIRE(pages < 10'000);
      const auto whole = model.query(*page, forward);
      // Pieces end where timestamps differ, as slices do.
      for (std::size_t begin = 0; begin < whole.size();) {
        std::size_t end = std::min<std::size_t>(whole.size(), begin + 1 + random() % 5);
        while (end < whole.size() && whole[end].timestamp == whole[end - 1].timestamp) ++end;
        const std::vector<LogLine> piece(whole.begin() + static_cast<std::ptrdiff_t>(begin),
                                         whole.begin() + static_cast<std::ptrdiff_t>(end));
        for (auto& l : pager.add(piece)) got.push_back(std::move(l));
        begin = end;
      }
      pager.end_page();
    }
    CHECK(got == model.read(forward, limit, batch));
  }
}

TEST_CASE("pages add up to the whole range, each line once, whatever shares a timestamp") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<LogLine> lines;
    const int count = static_cast<int>(random() % 60);
    const auto spread = 1 + random() % 20;
    for (int i = 0; i < count; ++i) {
      // Few texts, so that identical lines at one timestamp happen too.
      lines.push_back(line(static_cast<std::int64_t>(random() % spread),
                           "line " + std::to_string(random() % 4)));
    }
    const Model model(lines);
    const std::uint64_t batch = 1 + random() % 7;
    const std::uint64_t limit = random() % 3 == 0 ? 0 : random() % 70;
    const bool forward = random() % 2 == 0;
    CAPTURE(round, count, spread, batch, limit, forward);
    auto got = model.read(forward, limit, batch);
    auto expected = model.everything(forward, limit);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      REQUIRE(got[i].timestamp == expected[i].timestamp);
    }
    // Among equal timestamps at a limit's cut the choice is free; without a limit all must match.
    if (limit == 0) {
      std::sort(got.begin(), got.end());
      std::sort(expected.begin(), expected.end());
      REQUIRE(got == expected);
    }
  }
}

TEST_CASE("a crowd at one timestamp larger than the batch is read through") {
  std::vector<LogLine> lines;
  for (int i = 0; i < 25; ++i) lines.push_back(line(5, std::to_string(i)));
  CHECK(Model(lines).read(true, 0, 3).size() == 25);
  CHECK(Model(lines).read(false, 0, 3).size() == 25);
}

TEST_CASE("pages stay within the batch while they can") {
  std::vector<LogLine> lines;
  for (int i = 0; i < 40; ++i) lines.push_back(line(i / 3, std::to_string(i)));
  const Model model(lines);
  LogPager pager({from_unix_ns(0), from_unix_ns(1000)}, true, 0, 10);
  std::size_t got = 0;
  while (const auto page = pager.next()) {
    CHECK(page->limit == 10);
    got += pager.accept(model.query(*page, true)).size();
  }
  CHECK(got == 40);
}

TEST_CASE("a reader asks for no more than its limit") {
  LogPager pager({from_unix_ns(0), from_unix_ns(10)}, true, 5, 1000);
  CHECK(pager.next()->limit == 5);
  LogPager nothing({from_unix_ns(10), from_unix_ns(10)}, true, 5, 1000);
  CHECK_FALSE(nothing.next().has_value());
}

TEST_CASE("a tail goes on after a reconnect without repeating and without losing") {
  TailState tail;
  CHECK_FALSE(tail.resume_from().has_value());
  CHECK(tail.accept({line(1, "a"), line(2, "b"), line(2, "b")}).size() == 3);
  CHECK(tail.resume_from() == from_unix_ns(2));
  tail.reconnected();
  const auto fresh = tail.accept({line(2, "b"), line(2, "b"), line(2, "b"), line(2, "c")});
  REQUIRE(fresh.size() == 2);
  CHECK(fresh[0].line == "b");
  CHECK(fresh[1].line == "c");
  CHECK(tail.accept({line(3, "d")}).size() == 1);
}

TEST_CASE("without a reconnect identical lines are news") {
  TailState tail;
  CHECK(tail.accept({line(1, "a")}).size() == 1);
  CHECK(tail.accept({line(1, "a")}).size() == 1);
}
