// /api/v1/status/flags and config: how the daemon runs. Secrets are not among it. /config is the
// same as Loki answers it, YAML and nothing else.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

namespace {

Settings settings_of(const Api& api) {
  return api.options.settings ? api.options.settings() : Settings();
}

}  // namespace

http::Response status_flags(const Api& api, http::Request&) {
  const Settings settings = settings_of(api);
  return success([&](JsonWriter& json) {
    json.begin_object();
    for (const auto& [name, value] : settings.flags) json.key(name).string(value);
    json.end_object();
  });
}

http::Response status_config(const Api& api, http::Request&) {
  const Settings settings = settings_of(api);
  return success([&](JsonWriter& json) {
    json.begin_object().key("yaml").string(settings.yaml).end_object();
  });
}

http::Response plain_config(const Api& api, http::Request&) {
  return http::Response::text(200, settings_of(api).yaml);
}

}  // namespace sluice::api::prometheus
