#include "daemon/alerting/loki_rules.h"

#include <algorithm>
#include <map>

#include "base/codec/json_writer.h"

namespace sluice::alerting {

namespace {

// YAML's double-quoted style takes JSON's escapes.
std::string yaml_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// Lines of YAML behind a margin.
class Lines {
 public:
  Lines(std::string& out, std::string margin) : out_(out), margin_(std::move(margin)) {}
  void add(std::string_view key, std::string_view value = "") {
    out_.append(margin_).append(key).append(value) += '\n';
  }

 private:
  std::string& out_;
  const std::string margin_;
};

void append_labels(std::string& out, const std::string& margin, const std::string& key,
                   const LabelSet& labels) {
  if (labels.empty()) return;
  Lines(out, margin).add(key + ":");
  Lines lines(out, margin + "    ");
  for (const auto& [name, value] : labels) lines.add(name + ": ", yaml_text(value));
}

void append_rule(std::string& out, const std::string& margin, const RuleView& rule) {
  const bool alerting = rule.kind == rules::RuleKind::alerting;
  Lines(out, margin).add(alerting ? "- alert: " : "- record: ", yaml_text(rule.name));
  Lines lines(out, margin + "  ");
  lines.add("expr: ", yaml_text(rule.query));
  const auto& times = rule.times;
  if (times.hold > Duration{0}) lines.add("for: ", format_prometheus_duration(times.hold));
  if (times.keep_firing_for > Duration{0})
    lines.add("keep_firing_for: ", format_prometheus_duration(times.keep_firing_for));
  append_labels(out, margin + "  ", "labels", rule.labels);
  append_labels(out, margin + "  ", "annotations", rule.annotations);
}

// What follows a group's name.
void append_group(std::string& out, const std::string& margin, const GroupView& group) {
  Lines lines(out, margin);
  lines.add("interval: ", format_prometheus_duration(group.interval));
  lines.add("rules:");
  for (const auto& rule : group.rules) append_rule(out, margin + "    ", rule);
}

std::string_view without_slashes(std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  return path;
}

http::Response group_response(const GroupView& group) {
  std::string out = "name: " + yaml_text(group.name) + "\n";
  append_group(out, "", group);
  return yaml_response(std::move(out));
}

}  // namespace

http::Response yaml_response(std::string body) {
  auto response = http::Response::text(200, std::move(body));
  response.headers.set("Content-Type", "application/yaml");
  return response;
}

std::string loki_rules_yaml(const std::vector<GroupView>& groups) {
  std::map<std::string, std::vector<const GroupView*>> by_file;
  for (const auto& group : groups) by_file[group.file].push_back(&group);
  std::string out;
  for (const auto& [file, members] : by_file) {
    out += yaml_text(file) + ":\n";
    for (const GroupView* group : members) {
      Lines(out, "    ").add("- name: ", yaml_text(group->name));
      append_group(out, "      ", *group);
    }
  }
  return out.empty() ? "{}\n" : out;
}

http::Response loki_rules_at(const std::vector<GroupView>& groups, std::string_view place) {
  place = without_slashes(place);
  std::vector<GroupView> of_file;
  for (const auto& group : groups) {
    const auto file = without_slashes(group.file);
    if (place == file) of_file.push_back(group);
    if (place == std::string(file) + "/" + group.name) return group_response(group);
  }
  if (of_file.empty()) return http::Response::text(404, "no rule groups found\n");
  return yaml_response(loki_rules_yaml(of_file));
}

}  // namespace sluice::alerting
