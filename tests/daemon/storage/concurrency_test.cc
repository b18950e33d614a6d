// Readers while pushes, seals and merges run: every acknowledged entry once, never more.
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/daemon/push_views.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr int writers = 4;
constexpr int pushes_each = 120;
constexpr int lines_each = 5;

// What a query sees, or why it failed. (Catch's macros are not for threads.)
std::vector<std::string> read_lines(Store& store, std::string& problem) {
  query::QueryContext context;
  query::LogSelect select;
  select.tenant = default_tenant();
  std::vector<std::string> lines;
  auto cursor = store.logs().select(select, context);
  while (cursor) {
    const auto batch = (*cursor)->next();
    if (!batch) problem = batch.error().message;
    if (!batch || !*batch) break;
    lines.insert(lines.end(), (*batch)->lines.begin(), (*batch)->lines.end());
  }
  if (!context.warnings().empty()) problem = context.warnings().front();
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

TEST_CASE("readers see each acknowledged entry exactly once while sealing and merging") {
  StoreFixture fixture;
  fixture.options.seal_bytes = 20'000;
  fixture.hooks.background = true;
  fixture.open();
  RocksStore& store = fixture.store();
  std::atomic<int> acknowledged{0};
  std::atomic<bool> done{false};
  std::atomic<int> failures{0};

  const auto write = [&](int writer) {
    for (int i = 0; i < pushes_each; ++i) {
      StreamEntries entries{{{"writer", std::to_string(writer)}}, {}};
      for (int k = 0; k < lines_each; ++k)
        entries.entries.push_back(entry(noon + i, std::to_string(writer) + "/" + std::to_string(i) +
                                                      "/" + std::to_string(k) +
                                                      std::string(100, 'x')));
      if (store.push({default_tenant(), views_of({entries}), std::nullopt}))
        acknowledged += lines_each;
      else
        ++failures;
    }
  };
  const auto read = [&] {
    std::string problem;
    while (!done && problem.empty()) {
      const int at_least = acknowledged;
      const auto lines = read_lines(store, problem);
      if (static_cast<int>(lines.size()) < at_least) problem = "an acknowledged entry is missing";
      if (std::adjacent_find(lines.begin(), lines.end()) != lines.end())
        problem = "an entry is there twice";
    }
    if (problem.empty()) return;
    ++failures;
    UNSCOPED_INFO(problem);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) threads.emplace_back(write, i);
  std::thread reader(read);
  std::thread ticker([&] {
    while (!done) store.tick();
  });
  for (auto& thread : threads) thread.join();
  done = true;
  reader.join();
  ticker.join();
  CHECK(failures == 0);
  std::string problem;
  CHECK(read_lines(store, problem).size() == writers * pushes_each * lines_each);
  CHECK(problem.empty());
  CHECK(metric(fixture.metrics, "sluice_storage_seals_total") > 3);
}

TEST_CASE("one source pushed by many threads at once is stored once") {
  StoreFixture fixture;
  fixture.open();
  std::atomic<std::size_t> accepted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto outcome = fixture.push_from(std::string(32, 'a'), 0, {"one", "two"});
      if (outcome) accepted += outcome->accepted;
    });
  for (auto& thread : threads) thread.join();
  CHECK(accepted == 2);
  CHECK(fixture.lines().size() == 2);
}
