#include "daemon/release/deployment.h"

#include "daemon/alerting/hash_text.h"
#include "daemon/alerting/json_encode.h"
#include "daemon/release/json_time.h"

namespace sluice::release {

std::string_view to_string(DeploymentStatus status) {
  switch (status) {
    case DeploymentStatus::running: return "running";
    case DeploymentStatus::succeeded: return "succeeded";
    case DeploymentStatus::failed: return "failed";
    case DeploymentStatus::rolled_back: break;
  }
  return "rolled_back";
}

std::optional<DeploymentStatus> deployment_status(std::string_view text) {
  for (auto status : {DeploymentStatus::running, DeploymentStatus::succeeded,
                      DeploymentStatus::failed, DeploymentStatus::rolled_back}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::string deployment_id(const Deployment& d) {
  return "d-" +
         alerting::hash_text({d.service, d.env, d.version, std::to_string(unix_ns(d.started_at))});
}

std::string encode(const Deployment& d) {
  JsonWriter w;
  w.begin_object().key("id").string(d.id).key("service").string(d.service);
  w.key("env").string(d.env).key("version").string(d.version).key("commit").string(d.commit);
  w.key("status").string(to_string(d.status));
  w.key("started_at").string(format_rfc3339(d.started_at)).key("finished_at");
  alerting::write_time(w, d.finished_at);
  w.end_object();
  return w.take();
}

Result<Deployment> decode_deployment(std::string_view key, std::string_view value) {
  const std::string what = "deployment " + std::string(key);
  SLUICE_TRY(const auto doc, alerting::JsonDocument::parse(value, what));
  Deployment d;
  d.id = doc.text("id");
  d.service = doc.text("service");
  d.env = doc.text("env");
  d.version = doc.text("version");
  d.commit = doc.text("commit");
  const auto status = deployment_status(doc.text("status"));
  if (!status) return Error{ErrorCode::corrupt, what + ": unknown status"};
  d.status = *status;
  SLUICE_TRY(const auto started, time_member(doc, "started_at"));
  SLUICE_TRY(d.finished_at, time_member(doc, "finished_at"));
  if (!started) return Error{ErrorCode::corrupt, what + ": no started_at"};
  d.started_at = *started;
  SLUICE_CHECK(doc.finish());
  return d;
}

}  // namespace sluice::release
