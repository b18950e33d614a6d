// ReleaseOptions: the `release` section of sluiced.yaml. Keys: docs/guide/gates.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/types/ids.h"
#include "daemon/alerting/options.h"
#include "rules/gate/policy.h"

namespace sluice::release {

// How a service's lines are found. {{service}}, {{env}} and {{version}} are replaced by values that
// cannot contain quotes.
struct ServiceOptions {
  std::string selector = R"({service="{{service}}"} | json | version="{{version}}")";
  std::string errors = R"(| level="error")";  // appended to the selector
  std::vector<std::string> message_fields;    // empty: rules::default_message_fields()
  std::string rollback_hook;                  // "": none
};

struct VerifyOptions {
  Duration timeout = std::chrono::minutes(5);     // until the rollback counts as failed
  Duration quiet_for = std::chrono::seconds(30);  // the candidate must be silent this long
};

// One of exec and webhook. The argument vector comes from the configuration only, never from a
// request; what is variable goes in through SLUICE_* environment variables.
struct HookOptions {
  std::vector<std::string> exec;
  alerting::HttpTarget webhook;
  Duration timeout = std::chrono::minutes(2);  // of one run
  unsigned attempts = 2;                       // of exec; a webhook is retried until give_up_after
  Duration give_up_after = std::chrono::minutes(10);
  VerifyOptions verify;
};

struct ReleaseOptions {
  TenantId tenant = default_tenant();
  std::map<std::string, ServiceOptions> services;  // "*": those not named
  std::map<std::string, rules::GatePolicy> policies{{"default", {}}};
  std::map<std::string, HookOptions> hooks;
  std::size_t max_running = 64;
  std::size_t max_gates = 1'000;  // finished ones are removed past it, oldest first
  std::size_t max_deployments = 1'000;
  std::size_t workers = 2;
};

}  // namespace sluice::release
