#include "daemon/alerting/outbox.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/daemon/fake_store.h"

namespace sluice::alerting {
namespace {

using Outcome = Delivery::Outcome;
using std::chrono::seconds;

struct Post {
  storage::test::FakeStore store;
  ManualClock clock{from_unix_ns(0) + std::chrono::hours(1)};
  Metrics metrics;
  OutboxOptions options;
  std::unique_ptr<Outbox> outbox;
  std::vector<std::string> sent;  // "key body"
  Delivery answer;

  Post() { restart(); }
  void restart() {
    outbox = std::make_unique<Outbox>(options, store, clock, metrics);
    REQUIRE(outbox->load().has_value());
    outbox->handle("notify", [this](const OutboxRow& row) {
      sent.push_back(row.key + " " + row.body);
      return answer;
    });
  }
  bool put(const std::string& slot, const std::string& key, const std::string& body = "x") {
    OutboxRow row;
    row.slot = slot;
    row.kind = "notify";
    row.target = "ops/0";
    row.key = key;
    row.body = body;
    return outbox->commit({}, {row}).has_value();
  }
  std::size_t after(Duration pause) {
    clock.advance(pause);
    return outbox->deliver_due();
  }
  std::string outcome(const std::string& key) {
    const auto receipt = outbox->receipt(key);
    REQUIRE(receipt.has_value());
    return *receipt ? (*receipt)->outcome : "none";
  }
};

}  // namespace

TEST_CASE("a row is delivered once and leaves a receipt", "[outbox]") {
  Post p;
  REQUIRE(p.put("a", "a-1"));
  CHECK(p.outcome("a-1") == "none");
  CHECK(p.outbox->deliver_due() == 1);
  CHECK(p.after(seconds(600)) == 0);
  CHECK(p.sent == std::vector<std::string>{"a-1 x"});
  CHECK(p.outcome("a-1") == "delivered");
  CHECK(p.store.keys(storage::Keyspace::outbox).empty());
}

TEST_CASE("a failed delivery is tried again with backoff, the same bytes and key", "[outbox]") {
  Post p;
  p.answer.outcome = Outcome::retry;
  REQUIRE(p.put("a", "a-1"));
  CHECK(p.outbox->deliver_due() == 1);
  CHECK(p.outbox->deliver_due() == 0);
  CHECK(p.after(std::chrono::milliseconds(1300)) == 1);  // 1 s, at most a fifth more
  CHECK(p.after(std::chrono::milliseconds(1500)) == 0);  // now 2 s
  CHECK(p.after(seconds(1)) == 1);
  CHECK(p.outbox->rows().at(0).attempts == 3);
  p.answer.outcome = Outcome::delivered;
  CHECK(p.after(seconds(10)) == 1);
  CHECK(p.sent == std::vector<std::string>(4, "a-1 x"));
  CHECK(p.outcome("a-1") == "delivered");
}

TEST_CASE("attempts survive a restart", "[outbox]") {
  Post p;
  p.answer.outcome = Outcome::retry;
  REQUIRE(p.put("a", "a-1"));
  p.outbox->deliver_due();
  p.restart();
  CHECK(p.outbox->rows().at(0).attempts == 1);
  CHECK(p.outbox->deliver_due() == 0);  // its time has not come
  CHECK(p.after(seconds(2)) == 1);
}

TEST_CASE("a newer row of a slot replaces the older one", "[outbox]") {
  Post p;
  p.answer.outcome = Outcome::retry;
  REQUIRE(p.put("a", "a-1", "old"));
  p.outbox->deliver_due();
  REQUIRE(p.put("a", "a-2", "new"));
  p.answer.outcome = Outcome::delivered;
  CHECK(p.outbox->deliver_due() == 1);
  CHECK(p.sent.back() == "a-2 new");
  CHECK(p.outbox->rows().empty());
}

TEST_CASE("a row that came while its predecessor was in flight is not lost", "[outbox]") {
  Post p;
  bool once = true;
  p.outbox->handle("notify", [&](const OutboxRow& row) {
    p.sent.push_back(row.key);
    if (once) {
      once = false;
      REQUIRE(p.put("a", "a-2"));
    }
    return Delivery{};
  });
  REQUIRE(p.put("a", "a-1"));
  CHECK(p.outbox->deliver_due() == 2);
  CHECK(p.sent == std::vector<std::string>{"a-1", "a-2"});
  CHECK(p.outcome("a-1") == "delivered");
  CHECK(p.outcome("a-2") == "delivered");
}

TEST_CASE("refused rows end with a receipt that says why", "[outbox]") {
  Post p;
  p.answer = {Outcome::refused, 404, "no such path", "", {}};
  REQUIRE(p.put("a", "a-1"));
  p.outbox->deliver_due();
  CHECK(p.outcome("a-1") == "refused");
  CHECK((*p.outbox->receipt("a-1"))->detail == "no such path");
  CHECK((*p.outbox->receipt("a-1"))->status == 404);
}

TEST_CASE("rows nobody can deliver are refused, not kept for ever", "[outbox]") {
  Post p;
  OutboxRow row;
  row.slot = row.key = "b";
  row.kind = "pigeon";
  REQUIRE(p.outbox->commit({}, {row}).has_value());
  p.outbox->deliver_due();
  CHECK((*p.outbox->receipt("b"))->detail == "nobody delivers \"pigeon\"");
}

TEST_CASE("after give_up_after a row gives up", "[outbox]") {
  Post p;
  p.options.give_up_after = seconds(100);
  p.restart();
  p.answer.outcome = Outcome::retry;
  REQUIRE(p.put("a", "a-1"));
  p.outbox->deliver_due();
  p.after(seconds(50));
  CHECK(p.outcome("a-1") == "none");
  p.after(seconds(50));
  CHECK(p.outcome("a-1") == "gave_up");
  CHECK(p.outbox->rows().empty());
}

TEST_CASE("without a stored receipt the row is sent again with its key", "[outbox]") {
  Post p;
  REQUIRE(p.put("a", "a-1"));
  p.store.fail_commits_from = p.store.commits;
  p.outbox->deliver_due();
  p.store.fail_commits_from = std::numeric_limits<std::size_t>::max();
  p.restart();
  CHECK(p.outbox->deliver_due() == 1);
  CHECK(p.sent == std::vector<std::string>{"a-1 x", "a-1 x"});
}

TEST_CASE("a failed commit leaves no row behind", "[outbox]") {
  Post p;
  p.store.fail_commits_from = 0;
  CHECK_FALSE(p.put("a", "a-1"));
  CHECK(p.outbox->deliver_due() == 0);
}

TEST_CASE("room is counted in slots, receipts are pruned oldest first", "[outbox]") {
  Post p;
  p.options.max_rows = 1;
  p.options.max_receipts = 2;
  p.restart();
  REQUIRE(p.put("a", "a-1"));
  CHECK(p.outbox->has_room("a"));
  CHECK_FALSE(p.outbox->has_room("b"));
  p.outbox->deliver_due();
  CHECK(p.outbox->has_room("b"));
  for (const char* key : {"k1", "k2"}) {
    p.clock.advance(seconds(1));
    REQUIRE(p.put("b", key));
    p.outbox->deliver_due();
  }
  CHECK(p.store.keys(storage::Keyspace::receipt) == std::vector<std::string>{"k1", "k2"});
}

TEST_CASE("delays double, are capped, and heed Retry-After within reason", "[outbox]") {
  const OutboxOptions o;
  CHECK(retry_delay(o, 1, {}, 1.0) == seconds(1));
  CHECK(retry_delay(o, 4, {}, 1.0) == seconds(8));
  CHECK(retry_delay(o, 4, {}, 0.8) == std::chrono::milliseconds(6400));
  CHECK(retry_delay(o, 60, {}, 1.0) == std::chrono::minutes(5));
  CHECK(retry_delay(o, 1, seconds(30), 1.0) == seconds(30));
  CHECK(retry_delay(o, 6, seconds(3), 1.0) == seconds(32));
  CHECK(retry_delay(o, 1, std::chrono::hours(48), 1.0) == std::chrono::hours(1));
}

TEST_CASE("rows and receipts read back; damaged ones are refused", "[outbox]") {
  const OutboxRow row{"s",
                      "notify",
                      "ops/0",
                      "k",
                      "{\"a\":\"\\u0000\"}",
                      from_unix_ns(1),
                      from_unix_ns(2),
                      from_unix_ns(3),
                      4,
                      "why"};
  const std::string text = encode(row);
  CHECK(encode(decode_row("s", text).value()) == text);
  for (std::size_t n = 0; n < text.size(); ++n) {
    REQUIRE_FALSE(decode_row("s", text.substr(0, n)).has_value());
  }
  CHECK(decode_row("s", "{\"kind\":7}").error().message ==
        "outbox row s: member \"kind\" must be a string");
  const Receipt receipt{"k", "s", "hook", "undo",          "delivered",    0,
                        2,   "",  "out",  from_unix_ns(1), from_unix_ns(9)};
  CHECK(encode(decode_receipt("k", encode(receipt)).value()) == encode(receipt));
}

}  // namespace sluice::alerting
