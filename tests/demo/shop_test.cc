#include "tests/demo/shop.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace sluice::demo {
namespace {

const Timestamp noon = parse_rfc3339("2026-01-02T12:00:00.000000007Z").value();

std::vector<nlohmann::json> requests(ShopOptions options, int count) {
  Shop shop(std::move(options));
  std::vector<nlohmann::json> out;
  for (int i = 0; i < count; ++i) out.push_back(nlohmann::json::parse(shop.next(noon)));
  return out;
}

std::size_t with_message(const std::vector<nlohmann::json>& lines, const std::string& part) {
  std::size_t n = 0;
  for (const auto& line : lines) {
    if (line["msg"].get<std::string>().find(part) != std::string::npos) ++n;
  }
  return n;
}

}  // namespace

TEST_CASE("the same seed writes the same requests, another seed others") {
  Shop a({.seed = 7});
  Shop b({.seed = 7});
  Shop c({.seed = 8});
  const std::string first = a.next(noon);
  CHECK(first == b.next(noon));
  CHECK(first != c.next(noon));
}

TEST_CASE("every line is a JSON object with the fields of a request log") {
  for (const auto& line : requests({}, 500)) {
    CHECK(line["ts"] == "2026-01-02T12:00:00.000000007Z");
    CHECK(line["service"] == "shop");
    CHECK(line["version"] == "A");
    CHECK(line["trace_id"].get<std::string>().size() == 32);
    CHECK(line["span_id"].get<std::string>().size() == 16);
    CHECK(line["status"].get<int>() >= 200);
    CHECK(line["latency_ms"].get<double>() > 0);
    CHECK(line["path"].get<std::string>().front() == '/');
    CHECK(line["user"].get<std::string>().front() == 'u');
    CHECK_FALSE(line["msg"].get<std::string>().empty());
  }
}

TEST_CASE("version B fails on about five percent of requests with a message A never writes") {
  const int count = 20'000;
  const auto defects = with_message(requests({.version = "B"}, count), "signature mismatch");
  CHECK(defects > 900);
  CHECK(defects < 1100);
  CHECK(with_message(requests({.version = "A"}, count), "signature mismatch") == 0);
}

TEST_CASE("both versions write the same kinds of lines apart from the defect") {
  const auto a = requests({.version = "A", .error_rate = 0.02}, 20'000);
  const auto b = requests({.version = "B", .error_rate = 0.02}, 20'000);
  for (const char* part : {"front page shown", "inventory service did not answer",
                           "connection pool exhausted", "slow request", "order placed"}) {
    INFO(part);
    CHECK(with_message(a, part) > 0);
    CHECK(with_message(b, part) > 0);
  }
}

TEST_CASE("errors come at the asked rate and are marked as such") {
  std::size_t errors = 0;
  for (const auto& line : requests({.error_rate = 0.1}, 10'000)) {
    const bool failed = line["status"].get<int>() >= 500;
    CHECK((line["level"] == "error") == failed);
    errors += failed ? 1 : 0;
  }
  CHECK(errors > 900);
  CHECK(errors < 1100);
}

TEST_CASE("a few users and pages make most of the traffic") {
  std::map<std::string, int> users;
  for (const auto& line : requests({}, 5'000)) ++users[line["user"].get<std::string>()];
  CHECK(users["u1"] > 300);
  CHECK(users.size() > 400);
}

TEST_CASE("a shop that becomes another version says so in its lines") {
  Shop shop({.service = "pay"});
  shop.become("B");
  CHECK(nlohmann::json::parse(shop.next(noon))["version"] == "B");
  const auto started = nlohmann::json::parse(shop.started(noon));
  CHECK(started["msg"] == "pay version B started");
  CHECK(started["level"] == "info");
}

}  // namespace sluice::demo
