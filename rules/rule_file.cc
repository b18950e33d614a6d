#include "rules/rule_file.h"

#include <algorithm>
#include <set>

#include "base/config/yaml.h"
#include "base/types/utf8.h"

namespace sluice::rules {
namespace {

constexpr std::int64_t max_limit = 1'000'000;

// Walks one document; problems collect in it.
class RuleFileReader {
 public:
  RuleFileReader(std::string path, const RuleFileOptions& options)
      : path_(std::move(path)), options_(options) {}

  RuleFile read(YamlNode root) {
    RuleFile file{path_, {}};
    for (YamlNode& node : root.list("groups")) file.groups.push_back(read_group(node));
    return file;
  }

 private:
  RuleGroup read_group(YamlNode& node) {
    RuleGroup group;
    group.file = path_;
    group.name = node.string("name");
    if (group.name.empty()) node.error("the group has no name");
    if (!names_.insert(group.name).second && !group.name.empty()) {
      node.error_at("name", "group \"" + group.name + "\" stands twice in this file");
    }
    group.interval = node.duration("interval", options_.default_interval);
    if (group.interval <= Duration{0}) node.error_at("interval", "must be more than 0");
    group.query_offset = node.duration("query_offset", options_.default_query_offset);
    group.limit = static_cast<std::size_t>(node.integer("limit", 0, 0, max_limit));
    const auto labels = read_texts(node, "labels", false);
    const auto language = read_language(node);
    for (YamlNode& rule : node.list("rules")) {
      if (auto read = read_rule(rule, labels, language)) group.rules.push_back(std::move(*read));
    }
    return group;
  }

  std::optional<Language> read_language(YamlNode& node) {
    const std::string text = node.string("x-sluice-language");
    if (text == "logql") return Language::logql;
    if (text == "promql") return Language::promql;
    if (!text.empty()) node.error_at("x-sluice-language", "expected promql or logql");
    return std::nullopt;
  }

  std::optional<Rule> read_rule(YamlNode& node, const std::vector<TemplatedText>& group_labels,
                                std::optional<Language> language) {
    Rule rule;
    rule.where = node.where();
    const std::string alert = node.string("alert");
    const std::string record = node.string("record");
    if (alert.empty() == record.empty()) {
      node.error(alert.empty() ? "a rule needs one of \"alert\" and \"record\""
                               : "a rule cannot have both \"alert\" and \"record\"");
    }
    rule.kind = record.empty() ? RuleKind::alerting : RuleKind::recording;
    rule.name = record.empty() ? alert : record;
    read_expr(node, rule, language);
    read_times(node, rule);
    const bool templated = rule.kind == RuleKind::alerting;
    rule.labels = merge(group_labels, read_texts(node, "labels", templated));
    rule.annotations = read_texts(node, "annotations", true);
    if (rule.kind == RuleKind::recording) check_recording(node, rule);
    return rule;
  }

  void read_expr(YamlNode& node, Rule& rule, std::optional<Language> language) {
    std::string text = node.string("expr");
    if (text.empty()) return node.error("rule \"" + rule.name + "\" has no \"expr\"");
    auto query = options_.classify(std::move(text), language);
    if (!query) return node.error_at("expr", query.error().message);
    rule.query = std::move(*query);
  }

  void read_times(YamlNode& node, Rule& rule) {
    rule.times.hold = node.duration("for", Duration{0});
    rule.times.keep_firing_for = node.duration("keep_firing_for", Duration{0});
  }

  void check_recording(YamlNode& node, const Rule& rule) {
    if (!valid_utf8_name(rule.name)) {
      node.error_at("record", "\"" + rule.name + "\" is not a valid metric name");
    }
    for (const char* key : {"for", "keep_firing_for", "annotations"}) {
      if (node.has(key)) node.error_at(key, "only alerting rules have it");
    }
  }

  std::vector<TemplatedText> read_texts(YamlNode& parent, std::string_view key, bool templated) {
    std::vector<TemplatedText> out;
    if (!parent.has(key)) return out;
    for (auto& [name, node] : parent.section(key).entries()) {
      const bool label = key == "labels";
      if (label ? !valid_utf8_name(name) : !valid_label_name(name))
        node.error("\"" + name + "\" is not a valid label name");
      if (label && name == metric_name_label) node.error("__name__ cannot be set by a rule");
      if (label && templated && name == "alertname") node.error("alertname is the rule's name");
      auto text = TextTemplate::parse(node.text());
      if (text) {
        out.push_back({name, std::move(*text)});
      } else {
        node.error("template of \"" + name + "\": " + text.error().message);
      }
    }
    return out;
  }

  // The rule's labels win over the group's.
  static std::vector<TemplatedText> merge(std::vector<TemplatedText> group,
                                          std::vector<TemplatedText> rule) {
    std::erase_if(group, [&](const TemplatedText& label) {
      return std::any_of(rule.begin(), rule.end(),
                         [&](const TemplatedText& own) { return own.name == label.name; });
    });
    group.insert(group.end(), std::make_move_iterator(rule.begin()),
                 std::make_move_iterator(rule.end()));
    return group;
  }

  std::string path_;
  const RuleFileOptions& options_;
  std::set<std::string> names_;
};

}  // namespace

std::string_view to_string(Language language) {
  return language == Language::logql ? "logql" : "promql";
}

LabelSet Rule::written_labels() const {
  LabelSet out;
  for (const auto& label : labels) out.set(label.name, label.text.text());
  return out;
}

Result<RuleFile> parse_rule_file(std::string text, std::string path,
                                 const RuleFileOptions& options) {
  SLUICE_TRY(auto document, YamlDocument::parse(std::move(text), path, false));
  RuleFile file = RuleFileReader(std::move(path), options).read(document.root());
  SLUICE_CHECK(document.finish());
  return file;
}

}  // namespace sluice::rules
