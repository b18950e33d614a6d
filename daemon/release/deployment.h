// Deployment: one version of a service going to one environment. docs/format/deployment.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::release {

enum class DeploymentStatus { running, succeeded, failed, rolled_back };
std::string_view to_string(DeploymentStatus status);
std::optional<DeploymentStatus> deployment_status(std::string_view text);

struct Deployment {
  std::string id;
  std::string service;
  std::string env = "default";
  std::string version;
  std::string commit;
  DeploymentStatus status = DeploymentStatus::running;
  Timestamp started_at{};
  std::optional<Timestamp> finished_at;
};

std::string deployment_id(const Deployment& deployment);
std::string encode(const Deployment& deployment);
Result<Deployment> decode_deployment(std::string_view key, std::string_view value);

}  // namespace sluice::release
