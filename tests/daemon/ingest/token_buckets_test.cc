// TokenBuckets: its bound, and what keys past it share.
#include "daemon/ingest/token_buckets.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice::ingest;

namespace {

const TokenBuckets<int>::Time opened{std::chrono::hours{1}};
constexpr BucketRate hundred{100, 1000};

TokenBuckets<int>::Time later(int seconds) {
  return opened + std::chrono::seconds{seconds};
}

}  // namespace

TEST_CASE("keys past the bound share a bucket until others are full again") {
  TokenBuckets<int> buckets(3, 3);
  for (int key = 0; key < 3; ++key) CHECK(buckets.take(key, 900, hundred, opened));
  CHECK(buckets.take(3, 900, hundred, opened));
  CHECK_FALSE(buckets.take(4, 900, hundred, opened));
  buckets.give_back(4, 800, hundred);
  CHECK(buckets.take(4, 900, hundred, opened));
  CHECK(buckets.size() == 3);
  CHECK(buckets.take(0, 800, hundred, later(8)));
  CHECK(buckets.take(5, 900, hundred, later(9)));  // 1 and 2 are full again and forgotten
  CHECK(buckets.size() == 2);
}

TEST_CASE("full buckets are looked for once a second at most") {
  TokenBuckets<int> buckets(3, 2);
  for (int key = 0; key < 2; ++key) CHECK(buckets.take(key, 10, hundred, opened));
  CHECK(buckets.take(2, 10, hundred, opened));  // looks, and finds none
  const auto soon = opened + std::chrono::milliseconds{999};
  CHECK(buckets.take(3, 1000, hundred, soon));  // the three are full, and not looked at
  CHECK_FALSE(buckets.take(4, 1000, hundred, soon));
  CHECK(buckets.take(5, 1000, hundred, later(1)));
  CHECK(buckets.size() == 1);
}

TEST_CASE("all is taken, or nothing") {
  TokenBuckets<int> buckets(10, 10);
  using Places = std::vector<std::size_t>;
  CHECK(buckets.take_all({{1, 900}, {2, 1}}, hundred, opened).empty());
  CHECK(buckets.take_all({{2, 999}, {1, 101}, {3, 5}}, hundred, opened) == Places{1});
  CHECK(buckets.take_all({{2, 999}, {1, 60}, {3, 5}, {1, 41}}, hundred, opened) == Places{1, 3});
  CHECK(buckets.take_all({{2, 999}, {1, 60}, {3, 5}, {1, 40}}, hundred, opened).empty());
  CHECK(buckets.take_all({}, hundred, opened).empty());
}

TEST_CASE("keys that share a bucket get all they want of a full one") {
  TokenBuckets<int> buckets(1, 100);
  CHECK(buckets.take(0, 1000, hundred, opened));
  CHECK(buckets.take_all({{1, 900}, {2, 900}}, hundred, opened).empty());
  CHECK(buckets.take_all({{3, 1}, {0, 1}}, hundred, later(8)) == std::vector<std::size_t>{0});
  CHECK(buckets.take_all({{3, 100}, {0, 100}}, hundred, later(9)).empty());
}
