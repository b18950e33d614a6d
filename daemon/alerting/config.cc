#include "daemon/alerting/config.h"

#include <algorithm>
#include <set>

namespace sluice::alerting {
namespace {

http::TlsClientOptions read_tls(YamlNode node) {
  http::TlsClientOptions tls;
  tls.ca_file = node.string("ca_file");
  tls.cert_file = node.string("cert_file");
  tls.key_file = node.string("key_file");
  tls.insecure_skip_verify = node.boolean("insecure_skip_verify", false);
  return tls;
}

LabelSet read_labels(YamlNode node) {
  LabelSet out;
  for (auto& [name, value] : node.entries()) {
    if (!valid_label_name(name)) value.error("\"" + name + "\" is not a valid label name");
    out.set(name, value.text());
  }
  return out;
}

WebhookReceiver read_webhook(YamlNode& node) {
  WebhookReceiver webhook;
  webhook.target = read_http_target(node, webhook.target.timeout);
  webhook.send_resolved = node.boolean("send_resolved", true);
  webhook.max_alerts = static_cast<std::size_t>(node.integer("max_alerts", 0, 0, 1'000'000));
  return webhook;
}

std::vector<Receiver> read_receivers(YamlNode& node) {
  std::vector<Receiver> out;
  std::set<std::string> names;
  for (YamlNode& item : node.list("receivers")) {
    Receiver receiver;
    receiver.name = item.string("name");
    if (receiver.name.empty()) item.error("the receiver has no name");
    if (!names.insert(receiver.name).second) item.error_at("name", "stands twice");
    for (YamlNode& webhook : item.list("webhook_configs")) {
      receiver.webhooks.push_back(read_webhook(webhook));
    }
    out.push_back(std::move(receiver));
  }
  return out;
}

void read_matchers(YamlNode& node, Route& route) {
  for (const auto& text : node.strings("matchers")) {
    auto matcher = parse_matcher(text);
    if (matcher) {
      route.matchers.push_back(std::move(*matcher));
    } else {
      node.error_at("matchers", matcher.error().message);
    }
  }
}

// `route` comes with what it inherits.
void read_route(YamlNode& node, Route& route, const std::vector<Receiver>& receivers) {
  route.receiver = node.string("receiver", route.receiver);
  const bool known = std::any_of(receivers.begin(), receivers.end(),
                                 [&](const Receiver& r) { return r.name == route.receiver; });
  if (!known) node.error_at("receiver", "no receiver is named \"" + route.receiver + "\"");
  if (node.has("group_by")) route.group_by = node.strings("group_by");
  route.group_wait = node.duration("group_wait", route.group_wait);
  route.group_interval = node.duration("group_interval", route.group_interval);
  route.repeat_interval = node.duration("repeat_interval", route.repeat_interval);
  if (route.group_interval <= Duration{0}) node.error_at("group_interval", "must be more than 0");
  if (route.repeat_interval <= Duration{0}) node.error_at("repeat_interval", "must be more than 0");
  Route inherited = route;
  inherited.matchers.clear();
  inherited.routes.clear();
  for (YamlNode& child : node.list("routes")) {
    Route next = inherited;
    read_matchers(child, next);
    next.continue_matching = child.boolean("continue", false);
    read_route(child, next, receivers);
    route.routes.push_back(std::move(next));
  }
}

OutboxOptions read_outbox(YamlNode node, OutboxOptions o) {
  o.max_rows = static_cast<std::size_t>(
      node.integer("max_rows", static_cast<std::int64_t>(o.max_rows), 1, 1'000'000));
  o.workers = static_cast<std::size_t>(
      node.integer("workers", static_cast<std::int64_t>(o.workers), 1, 64));
  o.retry_initial = node.duration("retry_initial", o.retry_initial);
  o.retry_max = node.duration("retry_max", o.retry_max);
  o.give_up_after = node.duration("give_up_after", o.give_up_after);
  if (o.retry_initial <= Duration{0}) node.error_at("retry_initial", "must be more than 0");
  if (o.retry_max < o.retry_initial) node.error_at("retry_max", "must not be below retry_initial");
  return o;
}

}  // namespace

HttpTarget read_http_target(YamlNode& node, Duration default_timeout) {
  HttpTarget target;
  target.url = node.string("url");
  if (!target.url.starts_with("http://") && !target.url.starts_with("https://")) {
    node.error_at("url", "expected an http:// or https:// URL");
  }
  for (auto& [name, value] : node.section("headers").entries()) {
    target.headers.emplace_back(name, value.text());
  }
  target.bearer_token_file = node.string("bearer_token_file");
  target.timeout = node.duration("timeout", default_timeout);
  if (target.timeout <= Duration{0}) node.error_at("timeout", "must be more than 0");
  target.tls = read_tls(node.section("tls"));
  return target;
}

AlertingOptions read_alerting(YamlNode node, AlertingOptions o) {
  o.tenant = TenantId{node.string("tenant", o.tenant.value)};
  if (!valid_tenant(o.tenant)) node.error_at("tenant", "not a valid tenant name");
  if (node.has("rule_files")) o.rule_files = node.strings("rule_files");
  o.evaluation_interval = node.duration("evaluation_interval", o.evaluation_interval);
  if (o.evaluation_interval <= Duration{0}) {
    node.error_at("evaluation_interval", "must be more than 0");
  }
  o.query_offset = node.duration("query_offset", o.query_offset);
  o.stale_after = node.duration("stale_after", o.stale_after);
  o.workers = static_cast<std::size_t>(
      node.integer("workers", static_cast<std::int64_t>(o.workers), 1, 64));
  o.write_alerts_series = node.boolean("write_alerts_series", o.write_alerts_series);
  o.external_url = node.string("external_url", o.external_url);
  if (node.has("external_labels")) o.external_labels = read_labels(node.section("external_labels"));
  o.receivers = read_receivers(node);
  YamlNode route = node.section("route");
  if (route.present()) {
    read_route(route, o.route, o.receivers);
  } else if (!o.receivers.empty()) {
    node.error("\"receivers\" are useless without a \"route\" to them");
  }
  o.outbox = read_outbox(node.section("outbox"), o.outbox);
  return o;
}

}  // namespace sluice::alerting
