// /loki/api/v1/delete and /api/v1/admin/* over operations that only remember what they were asked.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "daemon/api/admin/routes.h"
#include "daemon/api/loki/routes.h"
#include "daemon/storage/operations.h"

namespace sluice::api {
namespace {

constexpr std::int64_t delete_now_s = 1'700'000'000;
constexpr std::int64_t ns_per_s = 1'000'000'000;

class FakeOperations : public storage::StoreOperations {
 public:
  std::vector<storage::DeleteRequest> requests;
  std::vector<TenantId> tenants;
  std::vector<storage::DaySpace> days;
  storage::CheckReport report;
  std::string cancelled;
  bool forced = false;
  std::string backed_up;

  Result<std::string> request_delete(const TenantId& tenant, const std::string& query,
                                     TimeRange range) override {
    if (query == "full") return Error{ErrorCode::no_space, "full"};
    tenants.push_back(tenant);
    const Timestamp created = from_unix_ns(delete_now_s * ns_per_s + 500'000'000);
    requests.push_back({"id", query, range, created, false});
    return std::string("id");
  }
  std::vector<storage::DeleteRequest> delete_requests(const TenantId&) override { return requests; }
  Result<void> cancel_delete(const TenantId&, const std::string& id, bool force) override {
    if (id != "id") return Error{ErrorCode::not_found, "could not find delete request"};
    cancelled = id;
    forced = force;
    return {};
  }
  Result<void> delete_series(const TenantId&, std::vector<std::vector<query::LabelMatcher>>,
                             std::int64_t, std::int64_t) override {
    return {};
  }
  std::vector<storage::DaySpace> space() override { return days; }
  Result<storage::BackupInfo> backup(const std::string& directory) override {
    backed_up = directory;
    return storage::BackupInfo{directory, 3, 99};
  }
  Result<storage::CheckReport> check(const std::function<bool()>&) override { return report; }
};

struct OperationsApi {
  FakeOperations store;
  ManualClock clock{from_unix_ns(delete_now_s * ns_per_s)};
  http::Router router;
  explicit OperationsApi(const std::string& backup_path = "/backups") {
    add_loki_delete_routes(router, store, clock);
    add_admin_routes(router, store, clock, {backup_path});
  }
  http::Response call(const std::string& method, const std::string& path,
                      const std::string& query = "") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = http::Params::parse(query);
    request.tenant = TenantId("shop");
    return router.dispatch(std::move(request));
  }
  http::Response remove(const std::string& query) {
    return call("POST", "/loki/api/v1/delete", query);
  }
};

}  // namespace

TEST_CASE("a deletion takes Loki's parameters and answers 204") {
  OperationsApi api;
  CHECK(api.remove("query=%7Bapp%3D%22web%22%7D&start=1699999000&end=1699999900").status == 204);
  CHECK(api.call("PUT", "/loki/api/v1/delete", "query=x&start=2023-11-14T00:00:00Z").status == 204);
  REQUIRE(api.store.requests.size() == 2);
  CHECK(api.store.requests[0].query == "{app=\"web\"}");
  CHECK(api.store.requests[0].range == TimeRange{from_unix_ns(1'699'999'000 * ns_per_s),
                                                 from_unix_ns(1'699'999'900 * ns_per_s + 1)});
  CHECK(api.store.requests[1].range.end == from_unix_ns(delete_now_s * ns_per_s + 1));
  CHECK(api.store.tenants[0].value == "shop");
}

TEST_CASE("wrong deletions are refused with Loki's words") {
  OperationsApi api;
  const auto refused = [&](const std::string& query, const std::string& words) {
    const auto response = api.remove(query);
    CHECK(response.status == 400);
    CHECK(response.body.find(words) != std::string::npos);
  };
  refused("start=1", "query not set");
  refused("query=x", "start time not set");
  refused("query=x&start=nonsense", "nonsense");
  refused("query=x&start=1700000000&end=1700000001", "deletes in the future are not allowed");
  refused("query=x&start=1600000002&end=1600000001", "can't be greater than end time");
  CHECK(api.remove("query=full&start=1").status == 503);
  CHECK(api.store.requests.empty());
}

TEST_CASE("requests are listed in Loki's shape and cancelled by id") {
  OperationsApi api;
  CHECK(api.call("GET", "/loki/api/v1/delete").body == "[]");
  api.remove("query=%7Bapp%3D%22web%22%7D&start=1699999000&end=1699999900");
  CHECK(api.call("GET", "/loki/api/v1/delete").body ==
        R"([{"request_id":"id","start_time":1699999000,"end_time":1699999900,)"
        R"("query":"{app=\"web\"}","status":"received","created_at":1700000000.500}])");
  api.store.requests[0].processed = true;
  CHECK(api.call("GET", "/loki/api/v1/delete").body.find("\"processed\"") != std::string::npos);
  CHECK(api.call("DELETE", "/loki/api/v1/delete", "request_id=none").status == 404);
  CHECK(api.call("DELETE", "/loki/api/v1/delete", "request_id=id&force=true").status == 204);
  CHECK(api.store.cancelled == "id");
  CHECK(api.store.forced);
}

TEST_CASE("space is told by tenant and day, with a total") {
  OperationsApi api;
  api.store.days = {{TenantId("shop"), 20'463, 2, 10, 1000, 100},
                    {TenantId("shop"), 20'464, 1, 5, 0, 0}};
  const auto answer = nlohmann::json::parse(api.call("GET", "/api/v1/admin/storage").body);
  CHECK(answer["days"][0] == nlohmann::json::parse(R"({"tenant":"shop","day":"2026-01-10","parts":2,
        "rows":10,"raw_bytes":1000,"stored_bytes":100,"ratio":10})"));
  CHECK(answer["days"][1]["ratio"].is_null());
  CHECK(answer["total"]["parts"] == 3);
  CHECK(answer["total"]["ratio"] == 10);
}

TEST_CASE("a backup goes below the configured folder, or is refused") {
  OperationsApi api;
  const auto made = nlohmann::json::parse(api.call("POST", "/api/v1/admin/backup").body);
  CHECK(made["path"] == "/backups/20231114T221320Z");
  CHECK(made["bytes"] == 99);
  CHECK(OperationsApi("").call("POST", "/api/v1/admin/backup").status == 400);
}

TEST_CASE("a check answers 200 with what it found") {
  OperationsApi api;
  api.store.report.values = 7;
  api.store.report.damaged = 1;
  api.store.report.problems = {"rows 00: checksum mismatch"};
  const auto answer = nlohmann::json::parse(api.call("POST", "/api/v1/admin/check").body);
  CHECK(answer["sound"] == false);
  CHECK(answer["values"] == 7);
  CHECK(answer["problems"][0] == "rows 00: checksum mismatch");
}

TEST_CASE("space in metrics is per tenant and falls to zero when the parts are gone") {
  FakeOperations store;
  Metrics metrics;
  add_space_metrics(metrics, store);
  store.days = {{TenantId("shop"), 1, 2, 10, 1000, 100}, {TenantId("shop"), 2, 1, 5, 7, 3}};
  const auto says = [&](const std::string& text) {
    return metrics.serialize().find(text) != std::string::npos;
  };
  CHECK(says("sluice_storage_tenant_parts{tenant=\"shop\"} 3\n"));
  CHECK(says("sluice_storage_tenant_stored_bytes{tenant=\"shop\"} 103\n"));
  store.days.clear();
  CHECK(says("sluice_storage_tenant_rows{tenant=\"shop\"} 0\n"));
}

}  // namespace sluice::api
