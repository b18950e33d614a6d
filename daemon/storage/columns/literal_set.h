// LiteralSet: what is known of the texts that a part of a regex matches, and how parts combine.
// Private to regex_literals.cc.
#pragma once

#include <vector>

#include "daemon/storage/columns/regex_literals.h"

namespace sluice::storage {

struct LiteralSet {
  using AnyOf = RegexLiterals::AnyOf;
  static constexpr std::size_t most = 64;  // needles of one clause

  // The part matches only texts equal to one of these; with no assertion, all of them.
  bool exact = false;
  bool asserts = false;  // ^ $ \b and such: not every place is a match
  AnyOf texts;
  // Otherwise: a match contains one needle of each clause.
  std::vector<AnyOf> clauses;

  static LiteralSet anything() { return {}; }
  static LiteralSet text(std::string_view bytes) {
    return {true, false, {{std::string(bytes)}}, {}};
  }
  static LiteralSet assertion() { return {true, true, {Needle{}}, {}}; }
  static LiteralSet letter(char c, bool fold);

  LiteralSet optional() &&;       // x?
  LiteralSet at_least_once() &&;  // x+, x{2}
  static LiteralSet either(std::vector<LiteralSet> branches);

  // The needles at least as good as any other: exact texts, or the clause whose shortest is
  // longest.
  const AnyOf* best_clause() const;
};

// Parts one after the other.
class LiteralSequence {
 public:
  void add(LiteralSet part);
  LiteralSet finish() &&;

 private:
  bool append(const LiteralSet::AnyOf& texts);
  void flush();

  LiteralSet whole_ = LiteralSet::text("");
  LiteralSet::AnyOf run_ = {Needle{}};  // the texts that the parts since the last flush make up
};

// Of the shortest needle; 0 for none.
std::size_t shortest(const RegexLiterals::AnyOf& needles);

}  // namespace sluice::storage
