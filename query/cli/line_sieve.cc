#include "query/cli/line_sieve.h"

#include <algorithm>

#include "query/ast/regex.h"

namespace sluice::query::cli {

namespace {

Result<std::vector<Expression>> compile_all(const std::vector<std::string>& texts) {
  std::vector<Expression> out;
  for (const auto& text : texts) {
    SLUICE_TRY(auto expression, compile_expression(text));
    out.push_back(std::move(expression));
  }
  return out;
}

}  // namespace

Result<Expression> compile_expression(const std::string& text) {
  return Regex::compile(text, Anchor::none);
}

bool found_in(const Expression& expression, std::string_view line) {
  return expression->matches(line);
}

Result<LineSieve> LineSieve::make(const std::vector<std::string>& include,
                                  const std::vector<std::string>& exclude,
                                  const std::string& highlight) {
  LineSieve sieve;
  SLUICE_TRY(sieve.include_, compile_all(include));
  SLUICE_TRY(sieve.exclude_, compile_all(exclude));
  if (!highlight.empty()) {
    SLUICE_TRY(sieve.highlight_, compile_expression(highlight));
  }
  return sieve;
}

bool LineSieve::passes(std::string_view line) const {
  const auto found = [&](const Expression& expression) { return found_in(expression, line); };
  return (include_.empty() || std::any_of(include_.begin(), include_.end(), found)) &&
         std::none_of(exclude_.begin(), exclude_.end(), found);
}

std::string LineSieve::marked(std::string_view text, Color color, bool on) const {
  std::string out;
  std::vector<std::string_view> groups;
  while (on && highlight_ && highlight_->capture(text, groups) && !groups[0].empty()) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    if (begin > 0) out += paint(text.substr(0, begin), color, on);
    out += paint(groups[0], Color::bold, on);
    text.remove_prefix(begin + groups[0].size());
  }
  return text.empty() && !out.empty() ? out : out + paint(text, color, on);
}

}  // namespace sluice::query::cli
