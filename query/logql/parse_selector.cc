// {app="web", job=~"a|b"}

#include <algorithm>
#include <array>

#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

struct MatchOperator {
  std::string_view text;
  MatchOp op;
};
constexpr std::array<MatchOperator, 4> match_operators = {{{"=", MatchOp::equal},
                                                           {"!=", MatchOp::not_equal},
                                                           {"=~", MatchOp::regex},
                                                           {"!~", MatchOp::not_regex}}};

const MatchOperator* find_match_operator(const Token& token) {
  const auto it = std::find_if(match_operators.begin(), match_operators.end(),
                               [&](const MatchOperator& o) { return token.is(o.text); });
  return it == match_operators.end() ? nullptr : &*it;
}

// Every stream matches a selector whose matchers all accept an absent label; that is nearly always
// a slip, as when a variable of a dashboard was empty.
Result<void> check_selective(const TokenStream& in, std::size_t begin,
                             const std::vector<LabelMatcher>& matchers) {
  if (std::any_of(matchers.begin(), matchers.end(),
                  [](const LabelMatcher& m) { return !m.matches_empty(); }))
    return {};
  return in.error_at(
      begin,
      "queries require at least one regexp or equality matcher that does not have an "
      "empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but "
      "app=~\".+\" will; {service_name=~\".+\"} selects every stream");
}

}  // namespace

bool at_match_op(const Token& token) {
  return find_match_operator(token) != nullptr;
}

Result<LabelMatcher> parse_matcher(TokenStream& in) {
  SLUICE_TRY(auto name, in.expect_identifier("a label name"));
  const MatchOperator* op = find_match_operator(in.peek());
  if (op == nullptr) return in.unexpected("one of = != =~ !~ after the label name");
  in.next();
  const Token value = in.peek();
  SLUICE_TRY(auto text, in.expect_string("a quoted value, as in " + name + "=\"...\""));
  auto matcher = LabelMatcher::make(std::move(name), op->op, std::move(text));
  if (!matcher) return in.positioned(std::move(matcher).error(), value);
  return matcher;
}

Result<std::vector<LabelMatcher>> parse_selector(TokenStream& in) {
  const auto begin = in.begin();
  if (!in.take("{")) return in.unexpected("a stream selector such as {app=\"web\"}");
  std::vector<LabelMatcher> matchers;
  while (!in.take("}")) {
    SLUICE_TRY(auto matcher, parse_matcher(in));
    matchers.push_back(std::move(matcher));
    if (in.take(",") || in.peek().is("}")) continue;
    return in.unexpected("\",\" or \"}\" after the matcher");
  }
  SLUICE_CHECK(check_selective(in, begin, matchers));
  return matchers;
}

}  // namespace sluice::query::logql
