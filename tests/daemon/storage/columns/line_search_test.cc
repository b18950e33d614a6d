#include "daemon/storage/columns/line_search.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/columns/random_group.h"

namespace sluice::storage {
namespace {

using query::LineFilter;
using query::LineOp;
using Filters = std::vector<LineFilter>;

LineFilter filter(LineOp op, std::vector<std::string> values) {
  return LineFilter::make(op, std::move(values)).value();
}

RowSet by_lines(const MemoryGroup& group, const Filters& filters, const RowSet& candidates) {
  RowSet rows = RowSet::none(group.rows());
  candidates.for_each([&](std::size_t row) {
    const std::string line = group.line_at(row);
    if (std::all_of(filters.begin(), filters.end(),
                    [&](const LineFilter& f) { return f.matches(line); }))
      rows.insert(row);
  });
  return rows;
}

std::string show(const Filters& filters) {
  std::string text;
  for (const auto& f : filters) {
    text += std::string(to_string(f.op)) + " ";
    for (const auto& value : f.values) text += "`" + value + "` ";
  }
  return text;
}

// Text as a regex that matches it, or something near it.
std::string regex_of(RandomText& random, const std::string& text) {
  std::string pattern = random.below(4) == 0 ? "(?i)" : "";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       static_cast<unsigned char>(c) >= 0x80;
    const auto choice = random.below(12);
    if (choice == 0) {
      pattern += ".";
    } else if (choice == 1 && plain && static_cast<unsigned char>(c) < 0x80) {
      pattern += std::string(1, c) + (random.below(2) == 0 ? "*" : "+");
    } else if (choice == 2) {
      pattern += ".*";
    } else {
      pattern += (plain ? "" : "\\") + std::string(1, c);
    }
  }
  return pattern;
}

LineFilter random_filter(RandomText& random, const MemoryGroup& group) {
  const auto op = static_cast<LineOp>(random.below(4));
  const bool regex = op == LineOp::regex || op == LineOp::not_regex;
  std::vector<std::string> values(random.below(5) == 0 ? 2 : 1);
  for (auto& value : values) {
    value = random_needle(random, group);
    if (regex) value = regex_of(random, value);
  }
  auto made = LineFilter::make(op, values);
  // A part of a line may cut a UTF-8 sequence, which is no regex.
  return made ? std::move(*made) : filter(LineOp::contains, {"-"});
}

TEST_CASE("search finds the rows whose lines pass", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  std::size_t found = 0;
  for (int round = 0; round < 400; ++round) {
    const auto templates = random_templates(random);
    MemoryGroup group(templates, random_rows(random, templates));
    for (int queries = 0; queries < 12; ++queries) {
      Filters filters;
      for (std::size_t i = random.below(3) + 1; i > 0; --i)
        filters.push_back(random_filter(random, group));
      INFO("round " << round << ": " << show(filters));
      RowSet candidates = RowSet::all(group.rows());
      if (random.below(3) == 0)
        for (std::size_t row = 0; row < group.rows(); ++row)
          if (random.below(2) == 0) candidates.erase(row);
      const LineSearch search(filters, templates);
      SearchCounts counts;
      const RowSet expected = by_lines(group, filters, candidates);
      const auto rows = search.run(group, candidates, counts);
      REQUIRE(rows.has_value());
      REQUIRE(*rows == expected);
      if (!expected.empty()) REQUIRE(search.may_match(group));
      found += expected.count();
    }
  }
  CHECK(found > 10'000);
}

std::vector<LineTemplate> one_template(std::vector<std::string> pieces) {
  std::vector<LineTemplate> templates(1);
  templates[0].pieces = std::move(pieces);
  return templates;
}

struct Answer {
  std::size_t rows = 0;
  bool may_match = false;
  SearchCounts counts;
};

Answer ask(MemoryGroup& group, std::span<const LineTemplate> templates, const Filters& filters) {
  const LineSearch search(filters, templates);
  Answer answer;
  answer.may_match = search.may_match(group);
  answer.rows = search.run(group, RowSet::all(group.rows()), answer.counts).value().count();
  return answer;
}

TEST_CASE("what a search must read", "[columns]") {
  const auto templates = one_template({"user=", " took ", " ms"});
  std::vector<MemoryRow> rows;
  for (int i = 0; i < 2'000; ++i)
    rows.push_back({0, {"name-" + std::to_string(i * 7919 % 2'000) + "x", std::to_string(i)}});
  MemoryGroup group(templates, rows);
  REQUIRE(group.column_info(0, 0).shape == ColumnShape::text);
  REQUIRE(group.column_info(0, 1).shape == ColumnShape::number);

  SECTION("nothing, when static bytes hold the word") {
    const auto answer = ask(group, templates, {filter(LineOp::contains, {"took"})});
    CHECK(answer.rows == 2'000);
    CHECK(answer.counts.columns_scanned == 0);
    CHECK(answer.counts.templates_certain == 1);
  }
  SECTION("nothing, when nothing can hold the word") {
    for (const char* absent : {"absent", "ser=quite", "took -1", "took 7000 ms", "took 12345"}) {
      INFO(absent);
      const auto answer = ask(group, templates, {filter(LineOp::contains, {absent})});
      CHECK_FALSE(answer.may_match);
      CHECK(answer.counts.columns_scanned == 0);
    }
  }
  SECTION("one column, for a part of its values") {
    const auto answer = ask(group, templates, {filter(LineOp::contains, {"name-17x"})});
    CHECK(answer.rows == 1);
    CHECK(answer.counts.columns_scanned == 1);
    CHECK(answer.counts.lines_rebuilt == 0);
  }
  SECTION("two columns, for what spans them") {
    const auto answer = ask(group, templates, {filter(LineOp::contains, {"x took 17 ms"})});
    CHECK(answer.rows == 1);
    CHECK(answer.counts.lines_rebuilt == 0);
  }
  SECTION("every row but those, for its opposite") {
    const auto answer = ask(group, templates, {filter(LineOp::not_contains, {"took 17 ms"})});
    CHECK(answer.rows == 1'999);
    CHECK_FALSE(ask(group, templates, {filter(LineOp::not_contains, {"took"})}).may_match);
  }
}

}  // namespace
}  // namespace sluice::storage
