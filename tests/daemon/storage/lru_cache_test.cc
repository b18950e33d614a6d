#include "daemon/storage/lru_cache.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice::storage;

namespace {

std::shared_ptr<const void> number(int n) {
  return std::make_shared<const int>(n);
}

int at(LruCache& cache, std::uint64_t item) {
  const auto found = cache.find({1, item});
  return found ? *std::static_pointer_cast<const int>(found) : -1;
}

}  // namespace

TEST_CASE("a cache drops what was used longest ago") {
  LruCache cache(4000);
  for (int i = 0; i < 3; ++i) cache.insert({1, static_cast<std::uint64_t>(i)}, number(i), 1000);
  CHECK(cache.bytes() > 3000);
  CHECK(at(cache, 0) == 0);
  cache.insert({1, 3}, number(3), 1000);
  CHECK(at(cache, 1) == -1);
  CHECK(at(cache, 0) == 0);
  CHECK(at(cache, 2) == 2);
  CHECK(at(cache, 3) == 3);
  CHECK(cache.bytes() <= 4000);
  CHECK(cache.find({2, 0}) == nullptr);
}

TEST_CASE("a cache keeps the first of two, and nothing larger than itself") {
  LruCache cache(1000);
  cache.insert({1, 0}, number(7), 10);
  cache.insert({1, 0}, number(8), 10);
  CHECK(at(cache, 0) == 7);
  cache.insert({1, 1}, number(9), 1000);
  CHECK(at(cache, 1) == -1);
  CHECK(at(cache, 0) == 7);
  LruCache none(0);
  none.insert({1, 0}, number(1), 0);
  CHECK(at(none, 0) == -1);
  CHECK(none.bytes() == 0);
}
