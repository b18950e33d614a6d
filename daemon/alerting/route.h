// Route: the tree that decides who hears of an alert, how alerts are grouped, and how often.
// Alertmanager's semantics: depth-first, the first matching child takes the alert unless it says
// `continue`; a node takes what none of its children took; children inherit what they do not set.
#pragma once

#include <string>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "query/ast/label_matcher.h"

namespace sluice::alerting {

struct Route {
  std::string receiver;
  std::vector<query::LabelMatcher> matchers;  // empty for the root
  std::vector<std::string> group_by;          // {"..."}: by all labels
  Duration group_wait = std::chrono::seconds(30);
  Duration group_interval = std::chrono::minutes(5);
  Duration repeat_interval = std::chrono::hours(4);
  bool continue_matching = false;
  std::vector<Route> routes;
  std::string key = "{}";  // matchers on the way from the root, e.g. {}/{team="db"}
};

// The nodes that take an alert with these labels; never empty. Pointers into `root`.
std::vector<const Route*> match(const Route& root, const LabelSet& labels);

// The node with this key, or null (a reload removed it).
const Route* find_route(const Route& root, const std::string& key);

LabelSet group_labels(const Route& route, const LabelSet& labels);

// Sets `key` of all nodes below `root`.
void assign_keys(Route& root);

// severity="page", team=~"db|web", also with unquoted values and in braces.
Result<query::LabelMatcher> parse_matcher(std::string_view text);

}  // namespace sluice::alerting
