#include "query/ast/label_matcher.h"

#include <algorithm>

#include "query/ast/literals.h"
#include "query/ast/regex.h"

namespace sluice::query {

namespace {

// An alternative that is empty also matches streams without the label, which no index lists, so
// such a pattern counts as "anything else".
std::vector<std::string> index_words(std::string_view pattern) {
  auto words = literal_alternatives(pattern);
  if (!words || std::any_of(words->begin(), words->end(), [](auto& w) { return w.empty(); }))
    return {};
  return std::move(*words);
}

}  // namespace

std::string_view to_string(MatchOp op) {
  switch (op) {
    case MatchOp::equal: return "=";
    case MatchOp::not_equal: return "!=";
    case MatchOp::regex: return "=~";
    case MatchOp::not_regex: return "!~";
  }
  return "=";
}

Result<LabelMatcher> LabelMatcher::make(std::string name, MatchOp op, std::string value) {
  LabelMatcher matcher;
  if (op == MatchOp::regex || op == MatchOp::not_regex) {
    SLUICE_TRY(matcher.regex_, Regex::compile(value, Anchor::both));
    if (op == MatchOp::regex) matcher.literals_ = index_words(value);
  }
  matcher.name_ = std::move(name);
  matcher.op_ = op;
  matcher.value_ = std::move(value);
  return matcher;
}

bool LabelMatcher::matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::equal: return value == value_;
    case MatchOp::not_equal: return value != value_;
    case MatchOp::regex: return regex_->matches(value);
    case MatchOp::not_regex: return !regex_->matches(value);
  }
  return false;
}

std::string LabelMatcher::to_string() const {
  std::string out;
  // Names no identifier can spell are quoted, as PromQL reads them.
  if (valid_label_name(name_))
    out = name_;
  else
    append_quoted(out, name_);
  out += query::to_string(op_);
  append_quoted(out, value_);
  return out;
}

bool matches_all(const std::vector<LabelMatcher>& matchers, const LabelSet& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&](const LabelMatcher& m) { return m.matches(labels); });
}

}  // namespace sluice::query
