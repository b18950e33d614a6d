// QueryContext: budgets of one query and of all together.
#include "query/context.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace sluice;
using namespace sluice::query;
using Catch::Matchers::ContainsSubstring;

namespace {

QueryLimits limits_of(std::size_t one, std::size_t all) {
  QueryLimits limits;
  limits.max_memory_bytes = one;
  limits.together = std::make_shared<QueryMemory>(all);
  return limits;
}

}  // namespace

TEST_CASE("a query that needs more than its budget fails, whatever the others hold") {
  QueryContext context({}, limits_of(1 << 20, 100 << 20));
  CHECK(bool(context.charge(1 << 20)));
  const auto over = context.charge(1);
  REQUIRE_FALSE(bool(over));
  CHECK(over.error().code == ErrorCode::limit_exceeded);
  CHECK_THAT(over.error().message, ContainsSubstring("its memory budget of 1 MiB"));
}

TEST_CASE("queries fail when all together need more than there is, and may when others ended") {
  const auto limits = limits_of(10 << 20, 15 << 20);
  QueryContext second({}, limits);
  {
    QueryContext first({}, limits);
    CHECK(bool(first.charge(8 << 20)));
    CHECK(bool(second.charge(7 << 20)));
    const auto over = second.charge(1 << 20);
    REQUIRE_FALSE(bool(over));
    CHECK(over.error().code == ErrorCode::unavailable);
    CHECK_THAT(over.error().message, ContainsSubstring("together need more memory than 15 MiB"));
    CHECK(bool(second.charge(-(1 << 20))));
    CHECK(limits.together->held() == 15 << 20);
  }
  CHECK(limits.together->held() == 7 << 20);
  CHECK(bool(second.charge(3 << 20)));
}

TEST_CASE("what a query still holds at its end is given back") {
  const auto limits = limits_of(10 << 20, 15 << 20);
  {
    QueryContext context({}, limits);
    CHECK(bool(context.charge(5 << 20)));
    CHECK(bool(context.charge(-(2 << 20))));
    CHECK_FALSE(bool(context.charge(100 << 20)));
  }
  CHECK(limits.together->held() == 0);
}
