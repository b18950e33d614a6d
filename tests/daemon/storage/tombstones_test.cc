// Tombstones and retention rules as values: what they hide, and in which parts.
#include "daemon/storage/tombstones.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "daemon/storage/delete_request.h"
#include "daemon/storage/retention_policy.h"

using namespace sluice;
using namespace sluice::storage;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::int64_t hour_ns = 3'600'000'000'000;
constexpr std::int64_t tombstones_now_ns = 1'768'046'400'000'000'000;  // 2026-01-10T12:00:00Z

Timestamp at(std::int64_t ns) {
  return from_unix_ns(ns);
}

Tombstone tombstone(const std::string& query, std::int64_t start, std::int64_t end,
                    PartId parts_below = 10, bool settled = true) {
  StoredRequest stored;
  stored.request.id = query;
  stored.request.query = query;
  stored.request.range = {at(start), at(end)};
  stored.parts_below = parts_below;
  auto made = make_tombstone(stored, settled);
  REQUIRE(made.has_value());
  return std::move(*made);
}

RetentionPolicy policy(std::vector<RetentionRule> rules, std::chrono::hours retention) {
  StoreOptions options;
  options.retention_rules = std::move(rules);
  options.retention = retention;
  auto made = RetentionPolicy::make(options);
  REQUIRE(made.has_value());
  return std::move(*made);
}

const LabelSet web = {{"app", "web"}};
const LabelSet pay = {{"app", "pay"}};

}  // namespace

TEST_CASE("a deletion hides lines of its streams, range and parts, nothing else") {
  const Tombstones hidden({tombstone("{app=\"web\"} |= \"secret\" != \"not\"", 100, 200)}, {});
  CHECK(hidden.hides(web, at(100), "a secret", 9));
  CHECK(!hidden.hides(web, at(99), "a secret", 9));
  CHECK(!hidden.hides(web, at(200), "a secret", 9));
  CHECK(!hidden.hides(web, at(100), "a secret", 10));
  CHECK(!hidden.hides(web, at(100), "not a secret", 9));
  CHECK(!hidden.hides(pay, at(100), "a secret", 9));
  CHECK(hidden.for_stream(web, at(0), at(99), 9) == nullptr);
  CHECK(hidden.for_stream(pay, at(0), at(1000), 9) == nullptr);
  CHECK(!hidden.hides_all(web, at(100), at(110), 9));
  const Tombstones whole({tombstone("{app=\"web\"}", 100, 200)}, {});
  CHECK(whole.hides_all(web, at(100), at(199), 9));
  CHECK(!whole.hides_all(web, at(100), at(200), 9));
}

TEST_CASE("lists of tombstones are shared and stay") {
  const Tombstones hidden({tombstone("{app=\"web\"}", 0, 10), tombstone("{app=~\".+\"}", 0, 10)},
                          {});
  const auto* first = hidden.for_stream(web, at(0), at(5), 1);
  REQUIRE(first != nullptr);
  CHECK(first->size() == 2);
  const auto* other = hidden.for_stream(pay, at(0), at(5), 1);
  REQUIRE(other != nullptr);
  CHECK(other->size() == 1);
  CHECK(hidden.for_stream(web, at(3), at(4), 1) == first);
}

TEST_CASE("a deletion that can be cancelled holds merges back, a settled one asks for them") {
  const Tombstones open({tombstone("{app=\"web\"}", 0, 10, 10, false)}, {});
  CHECK(open.holds_back(9, at(5), at(20)));
  CHECK(!open.holds_back(10, at(5), at(20)));
  CHECK(!open.may_shrink(9, at(5), at(20)));
  CHECK(!open.shrinks(web, at(5), at(20), 9));
  const Tombstones settled({tombstone("{app=\"web\"}", 0, 10)}, {});
  CHECK(!settled.holds_back(9, at(5), at(20)));
  CHECK(settled.may_shrink(9, at(5), at(20)));
  CHECK(settled.shrinks(web, at(5), at(20), 9));
  CHECK(!settled.shrinks(pay, at(5), at(20), 9));
}

TEST_CASE("the first rule that applies decides how long a stream is kept") {
  const auto rules = policy({{"shop", "{app=\"pay\"}", std::chrono::hours(24 * 9)},
                             {"", "{app=~\"pay|debug\"}", std::chrono::hours(24)},
                             {"shop", "", std::chrono::hours(24 * 5)}},
                            std::chrono::hours(24 * 3));
  const Tombstones shop({}, rules.cuts(TenantId("shop"), at(tombstones_now_ns)));
  const Tombstones other({}, rules.cuts(TenantId("other"), at(tombstones_now_ns)));
  const auto hidden_after = [&](const Tombstones& t, const char* app, std::int64_t days) {
    return t.hides({{"app", app}}, at(tombstones_now_ns - days * 24 * hour_ns), "x", 1);
  };
  CHECK(!hidden_after(shop, "pay", 9));
  CHECK(hidden_after(shop, "pay", 10));
  CHECK(!hidden_after(shop, "debug", 1));
  CHECK(hidden_after(shop, "debug", 2));
  CHECK(!hidden_after(shop, "web", 5));
  CHECK(hidden_after(shop, "web", 6));
  CHECK(hidden_after(other, "pay", 2));
  CHECK(!hidden_after(other, "web", 3));
  CHECK(hidden_after(other, "web", 4));
  const Day today = day_of(at(tombstones_now_ns));
  CHECK(rules.first_day(at(tombstones_now_ns)) == today - 9);
  CHECK(rules.first_log_day(TenantId("shop"), at(tombstones_now_ns)) == today - 9);
  CHECK(rules.first_log_day(TenantId("other"), at(tombstones_now_ns)) == today - 3);
  // Series that the rule with a selector does not match are cut when they are read.
  CHECK(rules.first_sample_day(TenantId("shop"), at(tombstones_now_ns)) == today - 9);
  CHECK(rules.first_sample_day(TenantId("other"), at(tombstones_now_ns)) == today - 3);
}

TEST_CASE("a period of zero keeps forever, and rules without selector need no cuts") {
  const auto rules = policy({{"shop", "", std::chrono::hours(0)}}, std::chrono::hours(24 * 3));
  CHECK(!rules.first_day(at(tombstones_now_ns)));
  CHECK(!rules.first_log_day(TenantId("shop"), at(tombstones_now_ns)));
  CHECK(rules.first_log_day(TenantId("x"), at(tombstones_now_ns)) ==
        day_of(at(tombstones_now_ns)) - 3);
  CHECK(rules.cuts(TenantId("shop"), at(tombstones_now_ns)).empty());
  CHECK(rules.cuts(TenantId("x"), at(tombstones_now_ns)).empty());
}

TEST_CASE("a wrong selector of a rule is named") {
  StoreOptions options;
  options.retention_rules = {{"", "{app=\"a\"}", std::chrono::hours(1)}, {"", "app", {}}};
  const auto made = RetentionPolicy::make(options);
  REQUIRE(!made.has_value());
  CHECK_THAT(made.error().message, ContainsSubstring("storage.retention_rules[1]"));
  options.retention_rules = {{"", "{app=\"a\"} |= \"x\"", std::chrono::hours(1)}};
  CHECK(!RetentionPolicy::make(options).has_value());
}

TEST_CASE("stored delete requests come back, and damage is told") {
  StoredRequest stored;
  stored.request = {"id", "{app=\"web\"} |= \"x\"", {at(-5), at(7)}, at(tombstones_now_ns), true};
  stored.parts_below = 77;
  const std::string payload = encode_request(stored);
  const auto back = decode_request("id", payload);
  REQUIRE(back.has_value());
  CHECK(back->request.query == stored.request.query);
  CHECK(back->request.range == stored.request.range);
  CHECK(back->request.created == stored.request.created);
  CHECK(back->request.processed);
  CHECK(back->parts_below == 77);
  CHECK(!decode_request("id", payload.substr(0, payload.size() - 1)).has_value());
  CHECK(!decode_request("id", payload + "x").has_value());
  CHECK(!decode_request("id", "\x02").has_value());
  CHECK(parse_selection("{app=\"web\"} | json").error().code == ErrorCode::invalid_argument);
  CHECK(parse_selection("sum(rate({app=\"web\"}[5m]))").error().code ==
        ErrorCode::invalid_argument);
  CHECK(parse_selection("{").error().code == ErrorCode::parse);
}
