// What a rule may say, before anything is compiled.
#include <algorithm>

#include "base/scrape/exposition.h"
#include "base/scrape/exposition_chars.h"
#include "base/scrape/relabel.h"
#include "base/types/ascii.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

struct ActionName {
  std::string_view name;
  RelabelAction action;
};
constexpr ActionName action_names[] = {
    {"replace", RelabelAction::replace},     {"keep", RelabelAction::keep},
    {"drop", RelabelAction::drop},           {"keepequal", RelabelAction::keepequal},
    {"dropequal", RelabelAction::dropequal}, {"hashmod", RelabelAction::hashmod},
    {"labelmap", RelabelAction::labelmap},   {"labeldrop", RelabelAction::labeldrop},
    {"labelkeep", RelabelAction::labelkeep}, {"lowercase", RelabelAction::lowercase},
    {"uppercase", RelabelAction::uppercase}};

bool has_reference(std::string_view text) {
  return text.find('$') != std::string_view::npos;
}

bool needs_target(RelabelAction action) {
  using enum RelabelAction;
  return action == replace || action == hashmod || action == lowercase || action == uppercase ||
         action == keepequal || action == dropequal;
}

bool only_regex_differs(const RelabelRule& rule) {
  RelabelRule plain;
  plain.action = rule.action;
  plain.regex = rule.regex;
  plain.names = rule.names;
  return rule == plain;
}

bool only_labels_differ(const RelabelRule& rule) {
  RelabelRule plain;
  plain.action = rule.action;
  plain.source_labels = rule.source_labels;
  plain.target_label = rule.target_label;
  plain.names = rule.names;
  return rule == plain;
}

std::string invalid_field(const RelabelRule& rule, std::string_view field,
                          const std::string& value) {
  std::string message;
  append_quoted(message, value);
  message += " is invalid '" + std::string(field) + "' for ";
  return message + std::string(to_string(rule.action)) + " action";
}

}  // namespace

Result<RelabelAction> parse_relabel_action(std::string_view text) {
  const std::string lower = lower_case(text);
  for (const auto& [name, action] : action_names)
    if (name == lower) return action;
  return invalid_argument("unknown relabel action \"" + std::string(text) + "\"");
}

std::string_view to_string(RelabelAction action) {
  for (const ActionName& entry : action_names)
    if (entry.action == action) return entry.name;
  return "replace";
}

bool valid_name(NameScheme scheme, std::string_view label_name) {
  if (scheme == NameScheme::legacy) return valid_label_name(label_name);
  return !label_name.empty() && valid_utf8(label_name);
}

bool valid_series_labels(NameScheme scheme, const LabelSet& labels) {
  return std::all_of(labels.begin(), labels.end(), [&](const Label& label) {
    if (!valid_utf8(label.value) || !valid_name(scheme, label.name)) return false;
    return label.name != metric_name_label || scheme == NameScheme::utf8 ||
           valid_metric_name(label.value);
  });
}

std::string find_relabel_problem(const RelabelRule& rule) {
  using enum RelabelAction;
  const std::string action(to_string(rule.action));
  const bool fixed_target = rule.action != replace || !has_reference(rule.target_label);
  if (rule.action == hashmod && rule.modulus == 0)
    return "relabel configuration for hashmod requires non-zero modulus";
  if (needs_target(rule.action) && rule.target_label.empty())
    return "relabel configuration for " + action + " action requires 'target_label' value";
  if (needs_target(rule.action) && fixed_target && !valid_name(rule.names, rule.target_label))
    return invalid_field(rule, "target_label", rule.target_label);
  if (rule.action == labelmap && !has_reference(rule.replacement) &&
      !valid_name(rule.names, rule.replacement))
    return invalid_field(rule, "replacement", rule.replacement);
  if ((rule.action == keepequal || rule.action == dropequal) && !only_labels_differ(rule))
    return action + " action requires only 'source_labels' and `target_label`, and no other fields";
  if ((rule.action == labeldrop || rule.action == labelkeep) && !only_regex_differs(rule))
    return action + " action requires only 'regex', and no other fields";
  return {};
}

}  // namespace sluice::scrape
