// Deletion by selector and time: readers at once, disk at a merge, cancel, restart, random order.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

using Strings = std::vector<std::string>;
constexpr const char* web_streams = "{app=\"web\"}";

class Deleting : public StoreFixture {
 public:
  Deleting() {
    options.delete_cancel_period = std::chrono::hours(24);
    open();
  }
  void put(const std::string& app, std::int64_t ns, const std::string& line) {
    push({stream({{"app", app}}, {entry(ns, line)})});
  }
  std::string remove(const std::string& query, TimeRange range = {}) {
    auto id = store().request_delete(tenant, query, range);
    INFO((id ? std::string() : id.error().message));
    REQUIRE(id.has_value());
    return *id;
  }
  void merge() { REQUIRE(store().merge_now().has_value()); }
  bool processed(const std::string& id) {
    for (const auto& request : store().delete_requests(tenant))
      if (request.id == id) return request.processed;
    FAIL("no such request");
    return false;
  }
  std::uint64_t stored_rows() {
    std::uint64_t rows = 0;
    for (const auto& day : store().space()) rows += day.rows;
    return rows;
  }
};

// A store and beside it a plain vector.
class DeletionModel : public Deleting {
 public:
  explicit DeletionModel(std::uint64_t seed) : random_(seed) {
    close();
    options.seal_bytes = 3000;
    open();
  }

  void step() {
    switch (below(12)) {
      case 0: flush(); break;
      case 1: merge(); break;
      case 2: reopen(); break;
      case 3: settle(); break;
      case 4: remove_some(); break;
      case 5: cancel_one(); break;
      default: put_some();
    }
  }

  // From now on nothing asked for until now can be cancelled.
  void settle() {
    clock.advance(std::chrono::hours(25));
    for (auto& row : rows_) row.gone |= !row.hidden_by.empty();
    open_requests_.clear();
  }

  Strings expected() const {
    Strings lines;
    for (const auto& row : rows_)
      if (!row.gone && row.hidden_by.empty()) lines.push_back(row.line);
    std::sort(lines.begin(), lines.end());
    return lines;
  }

 private:
  struct Row {
    std::string line;
    std::string app;
    std::int64_t ns = 0;
    std::set<std::string> hidden_by;
    bool gone = false;
  };

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  std::string random_app() { return "a" + std::to_string(below(3)); }

  void put_some() {
    for (std::size_t n = below(20); n > 0; --n) {
      Row row{std::to_string(rows_.size()),
              random_app(),
              noon + static_cast<std::int64_t>(below(100)),
              {},
              false};
      put(row.app, row.ns, row.line);
      rows_.push_back(std::move(row));
    }
  }

  void remove_some() {
    const std::string app = random_app();
    const std::string digit = std::to_string(below(10));
    const std::int64_t start = noon + static_cast<std::int64_t>(below(50));
    const std::int64_t end = start + static_cast<std::int64_t>(below(50)) + 1;
    const auto id = remove("{app=\"" + app + "\"} |= \"" + digit + "\"",
                           {from_unix_ns(start), from_unix_ns(end)});
    open_requests_.push_back(id);
    for (auto& row : rows_)
      if (row.app == app && row.ns >= start && row.ns < end &&
          row.line.find(digit) != std::string::npos)
        row.hidden_by.insert(id);
  }

  void cancel_one() {
    if (open_requests_.empty()) return;
    const std::string id = open_requests_[below(open_requests_.size())];
    REQUIRE(store().cancel_delete(tenant, id, false).has_value());
    std::erase(open_requests_, id);
    for (auto& row : rows_) row.hidden_by.erase(id);
  }

  std::mt19937_64 random_;
  std::vector<Row> rows_;
  Strings open_requests_;
};

}  // namespace

TEST_CASE_METHOD(Deleting, "a deletion hides at once what was stored, and nothing else") {
  put("web", noon, "secret");
  put("web", noon + 5, "plain");
  put("pay", noon, "secret");
  flush();
  put("web", noon + 1, "secret, unsealed");
  remove("{app=\"web\"} |= \"secret\"", {from_unix_ns(noon), from_unix_ns(noon + 5)});
  CHECK(lines() == Strings({"plain", "secret"}));
  put("web", noon, "secret again");  // it came later
  CHECK(lines() == Strings({"plain", "secret", "secret again"}));
  flush();
  CHECK(lines() == Strings({"plain", "secret", "secret again"}));
  reopen();
  CHECK(lines() == Strings({"plain", "secret", "secret again"}));
}

TEST_CASE_METHOD(Deleting, "streams that are hidden as a whole are not listed") {
  put("web", noon, "1");
  put("pay", noon, "2");
  remove(web_streams);
  const auto streams = store().logs().streams(tenant, {}, {});
  REQUIRE(streams.has_value());
  REQUIRE(streams->size() == 1);
  CHECK(streams->front().get("app") == "pay");
}

TEST_CASE_METHOD(Deleting, "another tenant's logs stay") {
  put("web", noon, "mine");
  const TenantId mine = tenant;
  tenant = TenantId("other");
  put("web", noon, "theirs");
  remove(web_streams);
  CHECK(lines().empty());
  CHECK(store().delete_requests(mine).empty());
  tenant = mine;
  CHECK(lines() == Strings{"mine"});
}

TEST_CASE_METHOD(Deleting, "space follows when it cannot be cancelled any more") {
  put("web", noon, "gone");
  put("pay", noon, "stays");
  const auto id = remove(web_streams);
  merge();
  CHECK(stored_rows() == 2);
  CHECK(!processed(id));
  clock.advance(std::chrono::hours(25));
  merge();
  CHECK(stored_rows() == 1);
  CHECK(processed(id));
  CHECK(lines() == Strings{"stays"});
  CHECK(metric(metrics, "sluice_storage_deleted_rows_total") == 1);
  reopen();
  CHECK(processed(id));
  CHECK(lines() == Strings{"stays"});
}

TEST_CASE_METHOD(Deleting, "a part of which nothing is left goes as a whole") {
  put("web", noon, "1");
  put("web", noon + 1, "2");
  const auto id = remove(web_streams);
  clock.advance(std::chrono::hours(25));
  merge();
  CHECK(store().space().empty());
  CHECK(processed(id));
  reopen();
  CHECK(lines().empty());
}

TEST_CASE_METHOD(Deleting, "while it can be cancelled nothing is merged away, then it comes back") {
  for (int i = 0; i < 8; ++i) {
    put(i % 2 ? "web" : "pay", noon + i, std::to_string(i));
    flush();
  }
  const auto id = remove(web_streams);
  merge();
  CHECK(lines() == Strings({"0", "2", "4", "6"}));
  REQUIRE(store().cancel_delete(tenant, id, false).has_value());
  CHECK(lines().size() == 8);
  CHECK(store().delete_requests(tenant).empty());
  merge();
  CHECK(lines().size() == 8);
  CHECK(store().space().front().parts == 1);
  reopen();
  CHECK(lines().size() == 8);
}

TEST_CASE_METHOD(Deleting, "past the cancel period only force cancels, never what is processed") {
  put("web", noon, "1");
  const auto first = remove(web_streams);
  CHECK(store().cancel_delete(tenant, "none", false).error().code == ErrorCode::not_found);
  CHECK(store().cancel_delete(TenantId("x"), first, false).error().code == ErrorCode::not_found);
  clock.advance(std::chrono::hours(25));
  CHECK(store().cancel_delete(tenant, first, false).error().code == ErrorCode::invalid_argument);
  REQUIRE(store().cancel_delete(tenant, first, true).has_value());
  CHECK(lines() == Strings{"1"});
  const auto second = remove(web_streams);
  clock.advance(std::chrono::hours(25));
  merge();
  CHECK(store().cancel_delete(tenant, second, true).error().code == ErrorCode::invalid_argument);
}

TEST_CASE_METHOD(Deleting, "parts made after a restart are not mistaken for older ones") {
  put("web", noon, "1");
  flush();
  remove(web_streams);
  clock.advance(std::chrono::hours(25));
  merge();
  CHECK(store().space().empty());
  const auto second = remove(web_streams);  // speaks of part ids that nobody uses
  reopen();
  put("web", noon, "new");
  flush();
  CHECK(lines() == Strings{"new"});
  CHECK(!processed(second));
}

TEST_CASE_METHOD(Deleting, "processed requests are forgotten after a month") {
  put("web", noon, "1");
  remove(web_streams);
  clock.advance(std::chrono::hours(25));
  merge();
  CHECK(store().delete_requests(tenant).size() == 1);
  clock.advance(std::chrono::hours(24 * 31));
  store().tick();
  CHECK(store().delete_requests(tenant).empty());
  reopen();
  CHECK(store().delete_requests(tenant).empty());
}

TEST_CASE_METHOD(Deleting, "queries that are no selections are refused, and too many requests") {
  CHECK(store().request_delete(tenant, "{app=\"a\"} | json", {}).error().code ==
        ErrorCode::invalid_argument);
  CHECK(store().request_delete(tenant, "nonsense", {}).error().code == ErrorCode::parse);
  for (std::size_t i = 0; i < delete_requests_max; ++i) remove(web_streams);
  CHECK(store().request_delete(tenant, web_streams, {}).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE_METHOD(Deleting, "a damaged part keeps its deletion unprocessed and hidden") {
  // Long enough not to lie in the header of its row group.
  put("web", noon, std::string(100, 'w'));
  put("pay", noon, std::string(100, 'p'));
  flush();
  Database& database = store().database();
  std::string key;
  std::string value;
  {
    Scan scan = database.scan(Family::rows, "", "");
    REQUIRE(scan.next());
    key = scan.key();
    value = scan.raw_value();
  }
  value.back() = static_cast<char>(value.back() ^ 1);
  Batch step = database.batch();
  step.put_raw(Family::rows, key, value);
  REQUIRE(database.write(step, Writer::maintenance).has_value());
  put("web", noon, "whole");
  const auto id = remove(web_streams);
  clock.advance(std::chrono::hours(25));
  merge();
  merge();
  CHECK(!processed(id));
  CHECK(lines().empty());
  CHECK(warnings.size() == 1);
  CHECK(stored_rows() == 2);
}

TEST_CASE("random pushes, deletions, cancels, merges and restarts agree with a plain vector") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  DeletionModel model(seed);
  for (int i = 0; i < 300; ++i) {
    model.step();
    if (i % 5 == 0) CHECK(model.lines() == model.expected());
  }
  model.settle();
  model.flush();
  model.merge();
  for (const auto& request : model.store().delete_requests(model.tenant)) CHECK(request.processed);
  CHECK(model.lines() == model.expected());
  CHECK(model.stored_rows() == model.lines().size());
}
