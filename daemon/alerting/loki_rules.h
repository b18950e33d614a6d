// The rules in the shape of Loki's ruler: YAML, by namespace (the rule file) and group. They come
// from files, so nothing can be written here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "daemon/alerting/rule_manager.h"

namespace sluice::alerting {

// {file: [{name, interval, rules}]}
std::string loki_rules_yaml(const std::vector<GroupView>& groups);

// `place` is <namespace> or <namespace>/<group>: the groups of that file, as above, or that group
// alone; 404 if there is none. Slashes in front do not count: clients escape a path in one segment.
http::Response loki_rules_at(const std::vector<GroupView>& groups, std::string_view place);

http::Response yaml_response(std::string body);

}  // namespace sluice::alerting
