// /api/v1/status/buildinfo and runtimeinfo.
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

namespace {

// Clients derive from this which parameters they may use (Grafana: match[] on labels). It is the
// Prometheus whose API and semantics are spoken here; ours stands in "sluice".
constexpr std::string_view spoken_version = "3.0.0";

std::string working_folder() {
  std::error_code unknown;
  return std::filesystem::current_path(unknown).string();
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace

http::Response build_info(const Api& api, http::Request&) {
  return success([&](JsonWriter& json) {
    json.begin_object();
    json.key("version").string(spoken_version);
    json.key("revision").string("");
    json.key("branch").string("");
    json.key("buildUser").string("");
    json.key("buildDate").string("");
    json.key("goVersion").string("");
    json.key("application").string("Sluice");
    json.key("sluice").string(api.options.version);
    json.end_object();
  });
}

http::Response runtime_info(const Api& api, http::Request&) {
  const auto hours = api.options.retention.count();
  return success([&](JsonWriter& json) {
    json.begin_object();
    json.key("startTime").string(format_rfc3339(from_unix_ns(api.started_ms * 1'000'000)));
    json.key("serverTime").string(format_rfc3339(api.clock.now()));
    json.key("reloadConfigSuccess").boolean(true);
    json.key("CWD").string(working_folder());
    json.key("hostname").string(host_name());
    json.key("GOMAXPROCS").number(static_cast<std::int64_t>(std::thread::hardware_concurrency()));
    json.key("CPUCount").number(static_cast<std::int64_t>(std::thread::hardware_concurrency()));
    json.key("storageRetention").string(hours == 0 ? "" : std::to_string(hours) + "h");
    json.end_object();
  });
}

}  // namespace sluice::api::prometheus
