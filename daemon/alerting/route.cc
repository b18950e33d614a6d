#include "daemon/alerting/route.h"

#include <optional>

namespace sluice::alerting {
namespace {

bool collect(const Route& node, const LabelSet& labels, std::vector<const Route*>& out) {
  if (!query::matches_all(node.matchers, labels)) return false;
  bool taken = false;
  for (const Route& child : node.routes) {
    if (!collect(child, labels, out)) continue;
    taken = true;
    if (!child.continue_matching) break;
  }
  if (!taken) out.push_back(&node);
  return true;
}

std::string matchers_text(const Route& route) {
  std::string out = "{";
  for (const auto& matcher : route.matchers) {
    if (out.size() > 1) out += ",";
    out += matcher.to_string();
  }
  return out + "}";
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Error bad_matcher(std::string_view text, std::string_view why) {
  return Error{ErrorCode::parse, "matcher '" + std::string(text) + "': " + std::string(why)};
}

// Removes the operator at the front of `rest`.
std::optional<query::MatchOp> take_op(std::string_view& rest) {
  using query::MatchOp;
  for (const auto op : {MatchOp::regex, MatchOp::not_regex, MatchOp::not_equal, MatchOp::equal}) {
    const std::string_view text = query::to_string(op);
    if (!rest.starts_with(text)) continue;
    rest.remove_prefix(text.size());
    return op;
  }
  return std::nullopt;
}

}  // namespace

std::vector<const Route*> match(const Route& root, const LabelSet& labels) {
  std::vector<const Route*> out;
  collect(root, labels, out);
  if (out.empty()) out.push_back(&root);
  return out;
}

const Route* find_route(const Route& root, const std::string& key) {
  if (root.key == key) return &root;
  for (const Route& child : root.routes) {
    if (const Route* found = find_route(child, key)) return found;
  }
  return nullptr;
}

LabelSet group_labels(const Route& route, const LabelSet& labels) {
  if (route.group_by.size() == 1 && route.group_by[0] == "...") return labels;
  LabelSet out;
  for (const auto& name : route.group_by) out.set(name, labels.get(name));
  return out;
}

void assign_keys(Route& root) {
  for (Route& child : root.routes) {
    child.key = root.key + "/" + matchers_text(child);
    assign_keys(child);
  }
}

Result<query::LabelMatcher> parse_matcher(std::string_view text) {
  std::string_view rest = trim(text);
  if (rest.size() >= 2 && rest.front() == '{' && rest.back() == '}') {
    rest = trim(rest.substr(1, rest.size() - 2));
  }
  const auto name_end = rest.find_first_of("=!");
  if (name_end == std::string_view::npos) return bad_matcher(text, "expected =, !=, =~ or !~");
  const std::string name(trim(rest.substr(0, name_end)));
  if (!valid_label_name(name)) return bad_matcher(text, "\"" + name + "\" is not a label name");
  rest.remove_prefix(name_end);
  const auto op = take_op(rest);
  if (!op) return bad_matcher(text, "expected =, !=, =~ or !~");
  rest = trim(rest);
  std::string value(rest);
  if (!rest.empty() && rest.front() == '"') {
    auto unquoted = unquote_front(rest);
    if (!unquoted) return bad_matcher(text, unquoted.error().message);
    if (!trim(rest).empty()) return bad_matcher(text, "text after the closing quote");
    value = std::move(*unquoted);
  }
  return query::LabelMatcher::make(name, *op, std::move(value));
}

}  // namespace sluice::alerting
