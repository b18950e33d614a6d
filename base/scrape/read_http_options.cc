#include "base/scrape/read_parts.h"

namespace sluice::scrape {

namespace {

// The text under `key`, or the file under `key`_file; both at once are a contradiction.
Secret read_secret(YamlNode& node, const std::string& key) {
  Secret secret{node.string(key), node.string(key + "_file")};
  if (!secret.text.empty() && !secret.file.empty())
    node.error_at(key, "at most one of " + key + " & " + key + "_file must be configured");
  return secret;
}

void read_basic_auth(YamlNode& job, HttpOptions& options) {
  if (!job.has("basic_auth")) return;
  YamlNode node = job.section("basic_auth");
  options.basic_auth = true;
  options.username = read_secret(node, "username");
  options.password = read_secret(node, "password");
}

void read_authorization(YamlNode& job, HttpOptions& options) {
  const bool old = job.has("bearer_token") || job.has("bearer_token_file");
  if (old) {
    options.credentials = read_secret(job, "bearer_token");
    options.authorization_type = "Bearer";
  }
  if (job.has("authorization")) {
    YamlNode node = job.section("authorization");
    options.credentials = read_secret(node, "credentials");
    options.authorization_type = node.string("type", "Bearer");
    if (options.authorization_type == "Basic" || options.authorization_type == "basic")
      node.error_at("type", "authorization type cannot be set to \"basic\", use \"basic_auth\"");
    if (old) node.error("authorization is not compatible with bearer_token");
  }
  if (options.basic_auth && !options.authorization_type.empty())
    job.error_at("basic_auth", "at most one of basic_auth and authorization must be configured");
}

void read_tls(YamlNode node, HttpOptions& options) {
  options.ca_file = node.string("ca_file");
  options.cert_file = node.string("cert_file");
  options.key_file = node.string("key_file");
  options.server_name = node.string("server_name");
  options.insecure_skip_verify = node.boolean("insecure_skip_verify", false);
  if (options.cert_file.empty() != options.key_file.empty())
    node.error("cert_file and key_file must be set together");
  for (const auto key : {"ca", "cert", "key", "ca_ref", "cert_ref", "key_ref"})
    if (node.has(key)) node.error_at(key, "is not supported by Sluice; name a file");
  for (const auto key : {"min_version", "max_version"})
    if (node.has(key)) node.error_at(key, "is not supported by Sluice");
}

void add_header(YamlNode& item, const std::string& name, bool file, HttpOptions& options) {
  Secret secret;
  (file ? secret.file : secret.text) = item.text();
  options.headers.emplace_back(name, std::move(secret));
}

void read_headers(YamlNode node, HttpOptions& options) {
  for (auto& [name, header] : node.entries()) {
    for (const auto key : {"values", "secrets"})
      for (YamlNode& item : header.list(key)) add_header(item, name, false, options);
    for (YamlNode& item : header.list("files")) add_header(item, name, true, options);
  }
}

}  // namespace

void read_http_options(YamlNode& job, HttpOptions& options) {
  read_basic_auth(job, options);
  read_authorization(job, options);
  read_tls(job.section("tls_config"), options);
  read_headers(job.section("http_headers"), options);
  options.follow_redirects = job.boolean("follow_redirects", options.follow_redirects);
  options.compression = job.boolean("enable_compression", options.compression);
}

}  // namespace sluice::scrape
