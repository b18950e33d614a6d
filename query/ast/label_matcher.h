// LabelMatcher: name OP value, with OP one of = != =~ !~. Regexes are RE2, anchored at both ends,
// `.` matches newlines, as in Prometheus and Loki.
//
// Immutable after make(); copies share the compiled regex; matching is safe from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"

namespace sluice::query {

enum class MatchOp { equal, not_equal, regex, not_regex };
std::string_view to_string(MatchOp op);  // "=", "!=", "=~", "!~"

class Regex;  // query/ast/regex.h: RE2 with our size limits

class LabelMatcher {
 public:
  // Error(parse): the regex does not compile; the message is RE2's.
  static Result<LabelMatcher> make(std::string name, MatchOp op, std::string value);

  const std::string& name() const { return name_; }
  MatchOp op() const { return op_; }
  const std::string& value() const { return value_; }
  bool matches(std::string_view value) const;
  // An absent label reads as "".
  bool matches(const LabelSet& labels) const { return matches(labels.get(name_)); }
  bool matches_empty() const { return matches(std::string_view()); }
  // For a regex that is only an alternation of literals (a|b|c): the literals. Stores look these
  // up in their index. Empty if it is anything else.
  const std::vector<std::string>& literals() const { return literals_; }
  std::string to_string() const;  // app="web"

 private:
  std::string name_;
  MatchOp op_ = MatchOp::equal;
  std::string value_;
  std::shared_ptr<const Regex> regex_;
  std::vector<std::string> literals_;
};

bool matches_all(const std::vector<LabelMatcher>& matchers, const LabelSet& labels);

}  // namespace sluice::query
