// How many streams and series a tenant may have, and how fast one stream may be.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "daemon/ingest/scrape_sink.h"
#include "daemon/ingest/stream_rate.h"
#include "tests/daemon/ingest/ingest_fixture.h"

using namespace sluice;
using namespace sluice::ingest;
using namespace sluice::ingest::test;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

class ActiveFixture : public StoreFixture {
 public:
  // With what the options and limits are then.
  void start() {
    open();
    router_.emplace();
    add_routes(*router_, store(), clock, metrics, limits);
  }
  Limits limits;
  http::Response push(const std::vector<std::string>& apps, std::size_t bytes = 1,
                      const std::string& identity = "") {
    std::string body;
    for (const auto& app : apps)
      body += std::string(body.empty() ? "" : ",") + R"({"stream":{"app":")" + app +
              R"("},"values":[[")" + std::to_string(noon) + "\",\"" + std::string(bytes, 'x') +
              "\"]]}";
    http::Request request;
    request.method = "POST";
    request.path = "/loki/api/v1/push";
    request.headers.set("Content-Type", "application/json");
    if (!identity.empty()) request.headers.set(std::string(batch_header), identity);
    request.body = R"({"streams":[)" + body + "]}";
    request.tenant = tenant;
    return router_->dispatch(std::move(request));
  }
  bool counted(const std::string& protocol, const std::string& reason, int items) {
    return metrics.serialize().find("sluice_ingest_rejected_items_total{protocol=\"" + protocol +
                                    "\",reason=\"" + reason + "\"} " + std::to_string(items)) !=
           std::string::npos;
  }

 private:
  std::optional<http::Router> router_;
};

const std::string source(32, 'a');

}  // namespace

TEST_CASE_METHOD(ActiveFixture, "new streams past their number are refused, the others go on") {
  options.active_streams = 2;
  start();
  CHECK(push({"a", "b"}).status == 204);
  const auto refused = push({"c"});
  CHECK(refused.status == 429);
  CHECK(refused.headers.has("Retry-After"));
  CHECK_THAT(refused.body,
             StartsWith("Maximum active stream limit exceeded when trying to create stream {app="));
  CHECK_THAT(refused.body, ContainsSubstring("user: 'default'"));
  CHECK(counted("loki", "stream_limit", 1));
  // Stored in part: not to be sent again.
  const auto partly = push({"a", "d"});
  CHECK(partly.status == 400);
  CHECK_THAT(partly.body, StartsWith("1 of 2 entries refused:\nMaximum active stream"));
  CHECK(lines().size() == 3);
  CHECK(counted("loki", "stream_limit", 2));
  // Of another tenant.
  tenant = TenantId{"other"};
  CHECK(push({"c"}).status == 204);
  tenant = default_tenant();
  flush();  // seals: none is active any more
  CHECK(push({"c", "d"}).status == 204);
  CHECK(push({"a"}).status == 429);
}

TEST_CASE_METHOD(ActiveFixture, "an agent's push past the number of streams is to come again") {
  options.active_streams = 1;
  start();
  CHECK(push({"a"}).status == 204);
  const std::string identity = "v1;agent=x;source=" + source + ";start=0;lens=2";
  CHECK(push({"b"}, 1, identity).status == 429);
  CHECK(lines().size() == 1);
  flush();
  CHECK(push({"b"}, 1, identity).status == 204);
  CHECK(push({"b"}, 1, identity).status == 204);
  CHECK(lines().size() == 2);
}

TEST_CASE_METHOD(ActiveFixture, "streams that were never stored do not count for ever") {
  options.active_streams = 2;
  std::uint64_t free = 1 << 30;
  options.min_free_bytes = 1000;
  hooks.free_bytes = [&free](const std::string&) { return free; };
  start();
  free = 0;
  store().tick();
  for (int i = 0; i < 5; ++i) CHECK(push({"lost" + std::to_string(i)}).status == 503);
  free = 1 << 30;
  store().tick();
  CHECK(push({"a", "b"}).status == 204);
}

TEST_CASE_METHOD(ActiveFixture, "a stream past its rate holds up its push, which costs nothing") {
  limits.stream_rate_bytes = 1;
  limits.stream_burst_bytes = 100;
  start();
  CHECK(push({"a", "b"}, 60).status == 204);
  const auto refused = push({"a"}, 60);
  CHECK(refused.status == 429);
  CHECK(refused.headers.has("Retry-After"));
  CHECK_THAT(refused.body, StartsWith("Per stream rate limit exceeded (limit: 1 bytes/sec) while "
                                      "attempting to ingest for stream '{app=\"a\""));
  const auto whole = push({"a", "c"}, 60);
  CHECK(whole.status == 429);
  CHECK(whole.headers.has("Retry-After"));
  CHECK_THAT(whole.body, StartsWith("Per stream rate limit exceeded"));
  CHECK(lines().size() == 2);
  CHECK(counted("loki", "per_stream_rate_limit", 2));
  // Nothing was taken of the other's rate.
  CHECK(push({"c"}, 100).status == 204);
  CHECK(push({"a"}, 60, "v1;agent=x;source=" + source + ";start=0;lens=61").status == 429);
  CHECK(lines().size() == 3);
}

TEST_CASE_METHOD(ActiveFixture, "a push that is held up comes through as a whole, once") {
  limits.stream_rate_bytes = 100;
  limits.stream_burst_bytes = 100;
  start();
  CHECK(push({"a", "b"}, 100).status == 204);
  int held = 0;
  // Fills within a second; sends until then, as a client does.
  for (; push({"a", "c", "a"}, 90).status == 429; ++held) CHECK(lines().size() == 2);
  CHECK(held > 0);
  CHECK(lines().size() == 5);
}

TEST_CASE_METHOD(ActiveFixture, "what is refused for good is told when the rest is stored") {
  limits.stream_rate_bytes = 100;
  limits.stream_burst_bytes = 100;
  limits.label_value_bytes = 10;
  start();
  CHECK(push({"a"}, 100).status == 204);
  const std::string too_long = "a value that is too long";
  REQUIRE(push({"a", too_long}, 100).status == 429);
  CHECK_FALSE(counted("loki", "label_value_too_long", 1));
  auto answer = push({"a", too_long}, 100);
  while (answer.status == 429) answer = push({"a", too_long}, 100);
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, StartsWith("1 of 2 entries refused:\nstream "));
  CHECK(counted("loki", "label_value_too_long", 1));
  CHECK(lines().size() == 2);
}

TEST_CASE("a stream's bucket fills with time, and takes back what was not stored") {
  StreamRate rate;
  Limits limits;
  limits.stream_rate_bytes = 10;
  limits.stream_burst_bytes = 100;
  const std::string text(100, 'x');
  const PushStream a{{{"app", "a"}}, {{from_unix_ns(noon), text, {}}}};
  const PushStream b{{{"app", "b"}}, {{from_unix_ns(noon), text, {}}}};
  const StreamRate::Time start{std::chrono::hours{1}};
  const auto take = [&](const std::vector<PushStream>& streams, int second,
                        const TenantId& tenant = default_tenant()) {
    return rate.take(tenant, streams, limits, start + std::chrono::seconds{second});
  };
  const auto first = take({a}, 0);
  REQUIRE(first.taken.size() == 1);
  CHECK(take({b, a}, 9).held == std::vector<std::size_t>{1});
  CHECK(take({b, a}, 9).taken.empty());
  CHECK(take({a}, 0, TenantId{"other"}).held.empty());
  rate.give_back(first.taken, limits);
  CHECK(take({b, a}, 9).held.empty());
  CHECK(take({a}, 19).held.empty());
  // Twice in a push: more than the burst, which a full bucket lets pass.
  CHECK(take({a, b, a}, 28).held == std::vector<std::size_t>{0, 2});
  CHECK(take({a, b, a}, 29).held.empty());
  CHECK(take({a}, 48).held.size() == 1);
  CHECK(take({a}, 49).held.empty());
  CHECK(rate.streams() == 3);
}

TEST_CASE_METHOD(ActiveFixture, "new series past their number are refused, the others go on") {
  options.active_series = 2;
  start();
  const std::int64_t now = noon / 1'000'000;
  const auto series = [&](const std::string& name, std::int64_t at) {
    return SeriesSamples{{{"__name__", name}}, {{at, 1}, {at + 1, 2}}};
  };
  const auto written =
      store().write(tenant, {series("a", now), series("b", now), series("c", now)}, {});
  REQUIRE(written.has_value());
  CHECK(written->accepted == 4);
  CHECK(written->refused == 2);
  CHECK(written->refused_series == 1);
  CHECK(samples("c", 0, INT64_MAX).empty());
  // Scrapes and rules are bound, too.
  scrape::ScrapeWrite scraped;
  scraped.series = {series("a", now + 10), series("d", now)};
  REQUIRE(scrape_sink(store(), tenant, metrics)(std::move(scraped)).has_value());
  CHECK(samples("a", 0, INT64_MAX).at(0).samples.size() == 4);
  CHECK(samples("d", 0, INT64_MAX).empty());
  CHECK(counted("scrape", "too_many_series", 2));
  storage::Step step;
  step.put(storage::Keyspace::alert_state, "k", "v");
  step.write(tenant, {series("e", now)});
  REQUIRE(store().commit(step).has_value());
  CHECK(store().get(storage::Keyspace::alert_state, "k")->has_value());
  CHECK(samples("e", 0, INT64_MAX).empty());
  CHECK(metric(metrics, "sluice_storage_refused_samples_total") == 6);
  // Those that nobody writes any more make room once they are sealed.
  flush();
  flush();
  CHECK(store().write(tenant, {series("a", now + 20)}, {})->refused == 0);
  flush();
  CHECK(store().write(tenant, {series("c", now + 20)}, {})->refused == 0);
}
