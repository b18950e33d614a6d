// How fast line filters are answered from templates and columns, per million rows; and how fast
// bytes are searched, beside memmem(). Run by hand: build/release/bin/sluice-bench-columns-search
#include <chrono>
#include <cstdio>
#include <cstring>

#include "daemon/storage/columns/byte_search.h"
#include "tests/daemon/storage/columns/memory_group.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

constexpr std::size_t group_rows = 60'000;

template <typename Run>
double micros(int times, Run run) {
  double best = 1e18;
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  return best;
}

LineTemplate json_template() {
  LineTemplate pattern;
  pattern.pieces = {R"({"ts":")",      R"(","user":")",      R"(","status":)", R"(,"trace":")",
                    R"(","method":")", R"(","path":"/api/)", R"("})"};
  return pattern;
}

std::string hex(RandomText& random, std::size_t digits) {
  std::string text(digits, '0');
  for (char& c : text) c = "0123456789abcdef"[random.below(16)];
  return text;
}

std::string time_text(std::size_t row) {
  char text[40];
  std::snprintf(text, sizeof text, "2026-11-27T%02zu:%02zu:%02zu.%03zuZ", row / 3'600'000 % 24,
                row / 60'000 % 60, row / 1'000 % 60, row % 1'000);
  return text;
}

MemoryGroup make_group(const std::vector<LineTemplate>& templates) {
  RandomText random(1);
  std::vector<MemoryRow> rows(group_rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].values = {time_text(i * 13),
                      "user-" + random.text(12, "abcdefghijklmnopqrstuvwxyz"),
                      std::to_string(random.below(50'000)),
                      hex(random, 32),
                      random.below(3) == 0 ? "POST" : "GET",
                      "orders/" + random.text(8, "abcdefghij0123456789")};
    rows[i].values.resize(templates[0].slots());
  }
  return MemoryGroup(templates, std::move(rows));
}

void search(MemoryGroup& group, const std::vector<LineTemplate>& templates, const char* what,
            query::LineOp op, const std::string& text) {
  const auto filter = query::LineFilter::make(op, {text}).value();
  const LineSearch line_search({filter}, templates);
  SearchCounts counts;
  std::size_t rows = 0;
  const double may = micros(50, [&] { (void)line_search.may_match(group); });
  const double run = micros(5, [&] {
    counts = {};
    rows = line_search.run(group, RowSet::all(group.rows()), counts).value().count();
  });
  std::printf("%-30s %8.2f us/group %9.3f ms/M rows  %6zu rows, %llu columns, %llu lines\n", what,
              may, run / 1'000 * 1'000'000 / group_rows, rows,
              static_cast<unsigned long long>(counts.columns_scanned),
              static_cast<unsigned long long>(counts.lines_rebuilt));
}

void search_all() {
  const std::vector<LineTemplate> templates{json_template()};
  MemoryGroup group = make_group(templates);
  const std::string line = group.line_at(group_rows / 2);
  const auto from = [&](const char* key, std::size_t size) {
    return line.substr(line.find(key) + std::strlen(key), size);
  };
  using query::LineOp;
  std::printf("one template, 6 slots, %zu rows; gram filter %zu bytes\n", group_rows,
              group.grams().memory_bytes());
  search(group, templates, "absent word", LineOp::contains, "connection refused");
  search(group, templates, "rare word, text column", LineOp::contains, from("user\":\"", 17));
  search(group, templates, "part of it", LineOp::contains, from("user-", 8).substr(2, 5));
  search(group, templates, "not that part", LineOp::not_contains, from("user-", 8).substr(2, 5));
  search(group, templates, "dictionary", LineOp::contains, "POST");
  search(group, templates, "number equals", LineOp::contains,
         "\"status\":" + from("status\":", 3) + ",");
  search(group, templates, "digits anywhere", LineOp::contains, "4047");
  search(group, templates, "fixed equals", LineOp::contains, "\"" + from("trace\":\"", 32) + "\"");
  search(group, templates, "part of fixed", LineOp::contains, from("trace\":\"", 32).substr(5, 12));
  search(group, templates, "regex, literals", LineOp::regex, "(?i)post|delete");
  search(group, templates, "regex, digits", LineOp::regex, "status\":404\\d");
}

void may_match_many() {
  std::vector<LineTemplate> templates(300);
  std::vector<MemoryRow> rows;
  for (std::uint32_t i = 0; i < templates.size(); ++i) {
    templates[i].pieces.assign(11, " key" + std::to_string(i) + "=");
    for (int row = 0; row < 3; ++row)
      rows.push_back({i, std::vector<std::string>(10, std::to_string(row * 7'919 + 1))});
  }
  MemoryGroup group(templates, rows);
  const auto filter = query::LineFilter::make(query::LineOp::contains, {"connection refused"});
  const double compile = micros(5, [&] {
    const LineSearch fresh({filter.value()}, templates);
    (void)fresh.may_match(group);
  });
  const LineSearch line_search({filter.value()}, templates);
  const double may = micros(50, [&] { (void)line_search.may_match(group); });
  std::printf("300 templates, 10 slots each: %.1f us to compile, %.2f us/group\n", compile, may);
}

void search_bytes() {
  RandomText random(2);
  std::string text(8 << 20, ' ');
  for (char& c : text) c = "abcdefghijklmnopqrstuvwxyz0123456789"[random.below(36)];
  for (const std::string pattern : {"-refused", "zq7kk2xx", "abcdefghijkl1"}) {
    const auto rate = [&](double took) { return static_cast<double>(text.size()) / took / 1'000; };
    std::printf("%-14s memmem %.1f GB/s", pattern.c_str(), rate(micros(5, [&] {
                  volatile bool found =
                      ::memmem(text.data(), text.size(), pattern.data(), pattern.size()) != nullptr;
                  (void)found;
                })));
    for (const auto level :
         {ByteSearch::Level::scalar, ByteSearch::Level::sse2, ByteSearch::best()})
      for (const bool fold : {false, true})
        std::printf(", level %d%s %.1f", static_cast<int>(level), fold ? " folded" : "",
                    rate(micros(3, [&] {
                      volatile std::size_t at = ByteSearch(pattern, fold, level).find(text, 0);
                      (void)at;
                    })));
    std::printf("\n");
  }
}

void add_grams() {
  RandomText random(3);
  std::vector<std::string> values;
  std::size_t bytes = 0;
  for (int i = 0; i < 100'000; ++i)
    bytes += values.emplace_back(random.text(40, "abcdefghijklmnopqrstuvwxyz0123456789-./")).size();
  GramFilterBuilder builder;
  const double took = micros(3, [&] {
    for (const auto& value : values) builder.add(value);
  });
  (void)builder.finish();
  std::printf("gram filter: %.2f GB/s added\n", static_cast<double>(bytes) / took / 1'000);
  for (const std::size_t distinct : {1'000U, 10'000U, 100'000U}) {
    for (std::size_t i = 0; i < distinct; ++i)
      builder.add(random.text(0, "a") + values[i].substr(0, 4));
    const GramFilter filter = builder.finish();
    std::size_t wrong[2] = {};
    for (int i = 0; i < 20'000; ++i) {
      wrong[0] += filter.may_contain("+" + std::to_string(100 + i % 900)) ? 1 : 0;
      wrong[1] += filter.may_contain("+" + std::to_string(1'000'000 + i) + "+") ? 1 : 0;
    }
    std::printf(
        "  %zu values of one gram: %zu bytes; absent %.1f %% (4 bytes), %.3f %% (9 bytes)\n",
        distinct, filter.memory_bytes(), static_cast<double>(wrong[0]) / 200,
        static_cast<double>(wrong[1]) / 200);
  }
}

}  // namespace

int main() {
  search_bytes();
  add_grams();
  may_match_many();
  search_all();
  return 0;
}
