// Lines of one shape have one template: of the line, or of the message fields it has.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "query/engine/shape_memo.h"
#include "rules/line_template.h"
#include "rules/log_message.h"
#include "rules/message_fields.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

const std::vector<std::string> message_names = {"msg", "error"};

// Lines of few kinds, so that templates have many rows, and of values that are easily confused.
class Lines {
 public:
  explicit Lines(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }

  std::string line() {
    switch (below(9)) {
      case 0: return time() + " " + word() + " user " + value() + " took " + number() + "ms";
      case 1: return "at " + number() + ":" + two() + ":" + two() + " id-" + hex(8) + " " + word();
      case 2:
        return R"({"ts":")" + time() + R"(","level":")" + word() + R"(","n":)" + number() +
               R"(,"msg":")" + text() + R"(","id":")" + hex(32) + R"("})";
      case 3:
        return R"({"msg":")" + text() + R"(","error":")" + (below(3) ? text() : "") +
               R"(","user":")" + word() + R"("})";
      case 4:
        return R"({"who":")" + word() + R"(","k":{"msg":")" + word() + R"("},"v":-)" + number() +
               "}";
      case 5: return "level=" + word() + " msg=\"" + text() + "\" n=" + value();
      case 6: return "level=" + word() + "\tmsg=" + word() + " error=" + (below(2) ? word() : "");
      case 7: return value() + value() + " " + value() + "." + value() + "-" + value();
      default: return "conn " + address() + ":" + number() + " from " + hex(4) + " " + value();
    }
  }

 private:
  std::string number() { return std::to_string(below(below(2) ? 10 : 1000)); }
  std::string two() { return std::to_string(10 + below(90)); }
  std::string address() { return "10." + number() + ".0." + number(); }
  std::string time() {
    return "2026-01-02" + std::string(below(2) ? "T" : " ") + two() + ":" + two() + ":" + two();
  }
  std::string hex(std::size_t digits) {
    std::string out;
    while (out.size() < digits) out += "0123456789abcdef"[below(below(2) ? 16 : 10)];
    return out;
  }
  std::string word() {
    static const char* const words[] = {"info", "error", "bob", "ann", "feed", "x", "caf\xc3\xa9"};
    return words[below(7)];
  }
  std::string text() {
    switch (below(6)) {
      case 0: return "order " + number() + " lost";
      case 1: return word() + R"( said \"no\" )" + number();
      case 2: return R"(\u00e)" + number().substr(0, 1) + " " + word();
      case 3: return "";
      case 4: return "-" + number() + " left";
      default: return word() + " from " + address();
    }
  }
  std::string value() {
    static const char* const values[] = {"17",   "-4",  "1.5", "12ms", "deadbeef", "abcd", "12ab",
                                         "user", "x_1", "-",   "05",   "02T03",    "05Z",  "feed"};
    return values[below(14)];
  }

  std::mt19937_64 random_;
};

class Shapes : public StoreFixture {
 public:
  explicit Shapes(std::uint64_t seed) : make(seed) {
    options.retention = std::chrono::hours(0);
    open();
  }
  Lines make;

  void push_some(int lines) {
    StreamEntries one{{{"app", "a"}}, {}};
    for (int i = 0; i < lines; ++i) one.entries.push_back(entry(noon + i * second, make.line()));
    push({std::move(one)});
  }

  template <class Visit>
  void each_batch(const Visit& visit) {
    query::LogSelect select;
    select.tenant = tenant;
    select.projection.lines = query::LogProjection::Lines::on_demand;
    select.projection.shapes.emplace().fields = message_names;
    query::QueryContext context;
    auto cursor = store().logs().select(select, context);
    REQUIRE(cursor.has_value());
    for (;;) {
      const auto batch = (*cursor)->next();
      REQUIRE(batch.has_value());
      if (!*batch) break;
      visit(**batch);
    }
    cursor->reset();
    lines_rebuilt = context.stats().lines_rebuilt;
  }
  std::uint64_t lines_rebuilt = 0;
};

struct Templates {
  std::uint64_t id;
  std::string filter;
  std::string line;
};

Templates templates_of(std::string_view line) {
  return {rules::split_line(rules::message_of(line, message_names)).pattern.id(),
          rules::pattern_text(line, message_names), std::string(line)};
}

}  // namespace

TEST_CASE("lines of one shape have one template") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Shapes store(seed);
  for (int part = 0; part < 3; ++part) {
    store.push_some(3000);
    store.flush();
  }
  if (store.make.below(2) == 0) REQUIRE(bool(store.store().merge_now()));
  store.push_some(100);  // stays in the head
  std::map<std::pair<std::uint64_t, std::uint32_t>, Templates> known;
  std::size_t alike = 0;
  std::size_t rows = 0;
  store.each_batch([&](const query::LogBatch& batch) {
    rows += batch.size();
    for (std::size_t row = 0; row < batch.shapes.size(); ++row) {
      if (batch.shapes[row] == 0) continue;
      const auto line = query::line_of(batch, row);
      REQUIRE(line.has_value());
      const auto here = templates_of(*line);
      const auto [it, first] = known.try_emplace({batch.shape_scope, batch.shapes[row]}, here);
      if (first) continue;
      ++alike;
      INFO(it->second.line << "\n" << *line);
      REQUIRE(it->second.id == here.id);
      REQUIRE(it->second.filter == here.filter);
    }
  });
  CHECK(rows == 9100);
  CHECK(alike > 4000);
}

TEST_CASE("counting by shape rebuilds a line per shape, not per row") {
  Shapes store(1);
  StreamEntries one{{{"app", "a"}}, {}};
  for (int i = 0; i < 5000; ++i)
    one.entries.push_back(entry(noon + i, R"({"user":"u)" + std::to_string(i % 100) +
                                              R"(","msg":"order )" + std::to_string(i) +
                                              (i % 2 == 0 ? " lost" : " found") + R"("})"));
  store.push({std::move(one)});
  store.flush();
  std::map<std::string, std::size_t> counts;
  query::ShapeMemo<std::size_t*> memo;
  store.each_batch([&](const query::LogBatch& batch) {
    for (std::size_t row = 0; row < batch.size(); ++row)
      ++**memo.of(batch, row, [&](std::string_view line) -> Result<std::size_t*> {
        return &counts[rules::pattern_text(line, message_names)];
      });
  });
  CHECK(counts == std::map<std::string, std::size_t>{{"<_>order <_> lost<_>", 2500},
                                                     {"<_>order <_> found<_>", 2500}});
  CHECK(store.lines_rebuilt <= 4);
}
