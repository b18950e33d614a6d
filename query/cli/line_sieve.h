// LineSieve: which of the lines that come the client prints, by regular expressions (RE2, anywhere
// in the line), and what it marks in them. LogQL's filters spare the server work; these serve where
// a query is given. Immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "query/cli/style.h"

namespace sluice::query {
class Regex;
}

namespace sluice::query::cli {

using Expression = std::shared_ptr<const Regex>;
// Error(parse) with the expression in it.
Result<Expression> compile_expression(const std::string& text);
bool found_in(const Expression& expression, std::string_view line);

class LineSieve {
 public:
  LineSieve() = default;  // prints all, marks nothing
  // Lines with any of `include` (all, if there is none) and none of `exclude`; `highlight` may be
  // empty.
  static Result<LineSieve> make(const std::vector<std::string>& include,
                                const std::vector<std::string>& exclude,
                                const std::string& highlight);

  bool passes(std::string_view line) const;
  // The text in `color`, what is to stand out in bold.
  std::string marked(std::string_view text, Color color, bool on) const;

 private:
  std::vector<Expression> include_;
  std::vector<Expression> exclude_;
  Expression highlight_;
};

}  // namespace sluice::query::cli
