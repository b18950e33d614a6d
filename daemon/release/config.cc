#include "daemon/release/config.h"

#include <algorithm>

#include "daemon/alerting/config.h"
#include "daemon/release/config_policy.h"
#include "daemon/release/service_query.h"
#include "query/engine/engine.h"

namespace sluice::release {
namespace {

void check_queries(YamlNode& node, const ServiceOptions& service) {
  const auto query = ServiceQuery::make(service, "service", "env", "1.0");
  if (!query) return node.error(query.error().message);
  for (const auto& [key, text] :
       {std::pair{"selector", query->lines()}, std::pair{"errors", query->errors()}}) {
    const auto expr = query::parse_logql(text);
    if (!expr) {
      node.error_at(key, expr.error().message + " in " + text);
    } else if ((*expr)->type != query::ValueType::streams) {
      node.error_at(key, "must be a log query, without counting");
    }
  }
}

ServiceOptions read_service(YamlNode& node) {
  ServiceOptions service;
  service.selector = node.string("selector", service.selector);
  service.errors = node.string("errors", service.errors);
  service.message_fields = node.strings("message_fields");
  service.rollback_hook = node.string("rollback");
  check_queries(node, service);
  return service;
}

HookOptions read_hook(YamlNode& node) {
  HookOptions hook;
  hook.exec = node.strings("exec");
  hook.timeout = node.duration("timeout", hook.timeout);
  if (hook.timeout <= Duration{0}) node.error_at("timeout", "must be more than 0");
  hook.attempts = static_cast<unsigned>(node.integer("attempts", hook.attempts, 1, 10));
  hook.give_up_after = node.duration("give_up_after", hook.give_up_after);
  if (node.has("webhook")) {
    YamlNode webhook = node.section("webhook");
    hook.webhook = alerting::read_http_target(webhook, hook.timeout);
  }
  if (node.has("webhook") == !hook.exec.empty()) {
    node.error("a hook needs one of \"exec\" and \"webhook\"");
  }
  if (!hook.exec.empty() && !hook.exec[0].starts_with("/")) {
    node.error_at("exec", "the command must be an absolute path");
  }
  YamlNode verify = node.section("verify");
  hook.verify.timeout = verify.duration("timeout", hook.verify.timeout);
  hook.verify.quiet_for = verify.duration("quiet_for", hook.verify.quiet_for);
  if (hook.verify.quiet_for <= Duration{0}) verify.error_at("quiet_for", "must be more than 0");
  if (hook.verify.timeout < hook.verify.quiet_for) {
    verify.error_at("timeout", "must not be below quiet_for");
  }
  return hook;
}

std::size_t read_count(YamlNode& node, std::string_view key, std::size_t fallback,
                       std::int64_t max) {
  return static_cast<std::size_t>(node.integer(key, static_cast<std::int64_t>(fallback), 1, max));
}

}  // namespace

ReleaseOptions read_release(YamlNode node, ReleaseOptions options) {
  options.tenant = TenantId{node.string("tenant", options.tenant.value)};
  if (!valid_tenant(options.tenant)) node.error_at("tenant", "not a valid tenant name");
  for (auto& [name, hook] : node.section("hooks").entries()) options.hooks[name] = read_hook(hook);
  for (auto& [name, policy] : node.section("policies").entries()) {
    options.policies[name] = read_policy(policy, name);
  }
  for (auto& [name, service] : node.section("services").entries()) {
    options.services[name] = read_service(service);
    const std::string& hook = options.services[name].rollback_hook;
    if (!hook.empty() && !options.hooks.count(hook)) {
      service.error_at("rollback", "there is no hook \"" + hook + "\"");
    }
  }
  options.max_running = read_count(node, "max_running", options.max_running, 10'000);
  options.max_gates = read_count(node, "max_gates", options.max_gates, 100'000);
  options.max_deployments = read_count(node, "max_deployments", options.max_deployments, 100'000);
  options.workers = read_count(node, "workers", options.workers, 16);
  return options;
}

}  // namespace sluice::release
