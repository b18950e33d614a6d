#include "daemon/server/config.h"

#include <map>

#include "base/config/yaml.h"
#include "base/scrape/read_config.h"
#include "daemon/alerting/config.h"
#include "daemon/release/config.h"
#include "daemon/server/config_keys.h"
#include "daemon/storage/retention_policy.h"

namespace sluice::server {

namespace {

http::Role read_role(YamlNode& node) {
  const auto role = node.string("role", "read");
  if (role == "ingest") return http::Role::ingest;
  if (role == "read") return http::Role::read;
  if (role == "admin") return http::Role::admin;
  node.error_at("role", "expected ingest, read or admin, got \"" + role + "\"");
  return http::Role::none;
}

http::TokenOptions read_token(YamlNode& node) {
  http::TokenOptions token;
  token.name = node.string("name");
  token.token = node.string("token");
  token.token_file = node.string("token_file");
  token.role = read_role(node);
  token.tenants = node.strings("tenants");
  if (token.name.empty()) node.error("a token needs a name");
  if (token.token.empty() == token.token_file.empty())
    node.error("a token needs either token or token_file");
  return token;
}

storage::RetentionRule read_retention_rule(YamlNode& node) {
  storage::RetentionRule rule;
  rule.tenant = node.string("tenant");
  rule.selector = node.string("selector");
  if (!node.has("period")) node.error("a retention rule needs a period; 0s keeps forever");
  rule.period = std::chrono::duration_cast<std::chrono::hours>(node.duration("period", {}));
  if (rule.tenant.empty() && rule.selector.empty())
    node.error("a retention rule needs a tenant, a selector or both; see storage.retention");
  storage::StoreOptions alone;
  alone.retention_rules = {rule};
  if (const auto policy = storage::RetentionPolicy::make(alone); !policy)
    node.error_at("selector", policy.error().message);
  return rule;
}

// Sections by dotted name, so that "http.tls" is found inside "http" and asked for once.
class Sections {
 public:
  explicit Sections(YamlNode root) { nodes_.emplace("", std::move(root)); }

  YamlNode& get(const std::string& name) {
    auto it = nodes_.find(name);
    if (it != nodes_.end()) return it->second;
    const auto dot = name.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : name.substr(0, dot);
    YamlNode node = get(parent).section(dot == std::string::npos ? name : name.substr(dot + 1));
    return nodes_.emplace(name, std::move(node)).first->second;
  }

 private:
  std::map<std::string, YamlNode> nodes_;
};

}  // namespace

Result<DaemonOptions> load_config(const std::string& path, DaemonOptions base) {
  SLUICE_TRY(auto document, YamlDocument::load_file(path));
  DaemonOptions options = std::move(base);
  Sections sections(document.root());
  for (const auto& key : config_keys()) key.read(sections.get(key.section), options);
  for (YamlNode token : sections.get("http").list("tokens"))
    options.http.auth.tokens.push_back(read_token(token));
  for (YamlNode rule : sections.get("storage").list("retention_rules"))
    options.storage.retention_rules.push_back(read_retention_rule(rule));
  options.alerting = alerting::read_alerting(sections.get("alerting"), options.alerting);
  options.release = release::read_release(sections.get("release"), options.release);
  options.scrape = scrape::read_scrape_config(sections.get(""), false);
  SLUICE_CHECK(document.finish());
  return options;
}

std::vector<std::string> needs_restart(const DaemonOptions& running, const DaemonOptions& next) {
  std::vector<std::string> names;
  for (const auto& key : config_keys())
    if (!key.live && key.show(running) != key.show(next))
      names.push_back(key.section + "." + key.name);
  if (running.storage.retention_rules != next.storage.retention_rules)
    names.push_back("storage.retention_rules");
  return names;
}

}  // namespace sluice::server
