#include "base/scrape/read_parts.h"

#include <algorithm>
#include <limits>

#include "base/scrape/read_config.h"

namespace sluice::scrape {

namespace {

// Prometheus' rule for file_sd: one * at most, in the last component, and a known extension.
bool valid_discovery_path(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view extension = path.substr(dot + 1);
  bool known = false;
  for (const std::string_view e : {"json", "yml", "yaml", "JSON", "YML", "YAML"})
    known = known || extension == e;
  const auto star = path.find('*');
  if (star == std::string_view::npos) return known;
  return known && path.find('*', star + 1) == std::string_view::npos &&
         path.find('/', star) == std::string_view::npos;
}

RelabelRule read_rule(YamlNode& node, NameScheme names) {
  RelabelRule rule;
  rule.names = names;
  const std::string action = node.string("action", "replace");
  if (const auto known = parse_relabel_action(action))
    rule.action = *known;
  else
    node.error_at("action", known.error().message);
  rule.source_labels = node.strings("source_labels");
  rule.separator = node.has("separator") ? node.string("separator") : rule.separator;
  rule.regex = node.string("regex", rule.regex);
  rule.modulus = static_cast<std::uint64_t>(
      node.integer("modulus", 0, 0, std::numeric_limits<std::int64_t>::max()));
  rule.target_label = node.string("target_label");
  rule.replacement = node.string("replacement", rule.replacement);
  const std::string problem = find_relabel_problem(rule);
  if (!problem.empty() && parse_relabel_action(action)) node.error(problem);
  if (const auto compiled = Relabeler::compile({rule}); !compiled)
    node.error_at("regex", compiled.error().message);
  return rule;
}

FileDiscovery read_file_discovery(YamlNode& node) {
  FileDiscovery discovery;
  for (YamlNode& item : node.list("files")) {
    discovery.files.push_back(item.text());
    if (!valid_discovery_path(discovery.files.back()))
      item.error("path name \"" + discovery.files.back() + "\" is not valid for file discovery");
  }
  if (discovery.files.empty())
    node.error("file service discovery config must contain at least one path name");
  discovery.refresh_interval = node.duration("refresh_interval", discovery.refresh_interval);
  if (discovery.refresh_interval < std::chrono::milliseconds(100))
    node.error_at("refresh_interval", "must be at least 100ms");
  if (discovery.refresh_interval > longest_interval)
    node.error_at("refresh_interval", "must be at most 1y");
  return discovery;
}

}  // namespace

LabelSet read_label_map(YamlNode node) {
  LabelSet labels;
  for (auto& [name, value] : node.entries()) {
    if (!valid_name(NameScheme::utf8, name))
      value.error("\"" + name + "\" is not a valid label name");
    else
      labels.set(name, value.text());
  }
  return labels;
}

std::string find_address_problem(std::string_view address) {
  std::string quoted;
  append_quoted(quoted, address);
  // What would end the host in a URL, or the line in a request.
  for (const char c : address)
    if (c == '/' || c == '?' || c == '#' || c == '@' || static_cast<unsigned char>(c) <= ' ')
      return quoted + " is not a valid hostname";
  return {};
}

TargetGroup read_target_group(YamlNode& node) {
  TargetGroup group;
  for (YamlNode& item : node.list("targets")) {
    group.addresses.push_back(item.text());
    if (const auto problem = find_address_problem(group.addresses.back()); !problem.empty())
      item.error(problem);
  }
  group.labels = read_label_map(node.section("labels"));
  return group;
}

std::vector<RelabelRule> read_relabel_rules(YamlNode& job, std::string_view key, NameScheme names) {
  std::vector<RelabelRule> rules;
  for (YamlNode& node : job.list(key)) rules.push_back(read_rule(node, names));
  return rules;
}

std::vector<TargetGroup> read_static_groups(YamlNode& job) {
  std::vector<TargetGroup> groups;
  for (YamlNode& node : job.list("static_configs")) {
    groups.push_back(read_target_group(node));
    groups.back().source = std::to_string(groups.size() - 1);
  }
  return groups;
}

std::vector<FileDiscovery> read_file_discoveries(YamlNode& job) {
  std::vector<FileDiscovery> discoveries;
  for (YamlNode& node : job.list("file_sd_configs"))
    discoveries.push_back(read_file_discovery(node));
  return discoveries;
}

}  // namespace sluice::scrape
