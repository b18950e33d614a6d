#include "daemon/storage/columns/regex_literals.h"

#include <algorithm>
#include <optional>

#include "daemon/storage/columns/literal_set.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_clauses = 4;
constexpr int max_depth = 100;

bool is_any_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// Reads patterns RE2 has accepted. Where it meets what it does not know, it gives up on the whole
// pattern: ok() is false.
class RegexReader {
 public:
  explicit RegexReader(std::string_view pattern) : rest_(pattern) {}

  bool ok() const { return ok_ && rest_.empty(); }

  // Branches joined by '|', up to the end or a ')'.
  LiteralSet alternation() {
    if (++depth_ > max_depth) return give_up();
    const bool fold_outside = fold_;
    std::vector<LiteralSet> branches;
    do branches.push_back(sequence());
    while (take("|"));
    fold_ = fold_outside;
    --depth_;
    return LiteralSet::either(std::move(branches));
  }

 private:
  LiteralSet give_up() {
    ok_ = false;
    rest_ = {};
    return {};
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view take(std::size_t n) {
    const auto taken = rest_.substr(0, n);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  LiteralSet sequence() {
    LiteralSequence parts;
    while (!rest_.empty() && !is_any_of(rest_.front(), "|)")) {
      if (take("\\Q"))
        quoted(parts);
      else
        parts.add(repeated(atom()));
    }
    return std::move(parts).finish();
  }

  // \Q...\E; a repetition behind it would be of its last character.
  void quoted(LiteralSequence& parts) {
    const auto end = std::min(rest_.find("\\E"), rest_.size());
    for (const char c : take(end)) parts.add(fold_ ? folded(c) : LiteralSet::text({&c, 1}));
    if (take("\\E") && !rest_.empty() && is_any_of(rest_.front(), "*+?{")) parts.add(give_up());
  }

  LiteralSet folded(char c) const {
    return static_cast<unsigned char>(c) < 0x80 ? LiteralSet::letter(c, true)
                                                : LiteralSet::anything();
  }

  LiteralSet repeated(LiteralSet part) {
    for (;;) {
      if (take("*"))
        part = LiteralSet::anything();
      else if (take("+"))
        part = std::move(part).at_least_once();
      else if (take("?"))
        part = std::move(part).optional();
      else if (const auto least = take_count())
        part = *least == 0 ? LiteralSet::anything() : std::move(part).at_least_once();
      else
        return part;
      take("?");  // not greedy: the same texts
    }
  }

  // {2}, {2,} or {2,5}: the least count. Other braces are literal.
  std::optional<int> take_count() {
    const auto end = rest_.find('}');
    if (!rest_.starts_with('{') || end == std::string_view::npos || end < 2) return std::nullopt;
    const auto inside = rest_.substr(1, end - 1);
    const auto digits = std::min(inside.find(','), inside.size());
    if (digits == 0 || inside.find_first_not_of("0123456789,") != std::string_view::npos)
      return std::nullopt;
    const bool zero = inside.substr(0, digits).find_first_not_of('0') == std::string_view::npos;
    take(end + 1);
    return zero ? 0 : 1;
  }

  LiteralSet atom() {
    if (take("(")) return group();
    if (take("[")) return char_class();
    if (take("\\")) return escape();
    if (take(".")) return LiteralSet::anything();
    if (take("^") || take("$")) return LiteralSet::assertion();
    return character();
  }

  LiteralSet character() {
    const auto lead = static_cast<unsigned char>(rest_.front());
    if (lead < 0x80) return LiteralSet::letter(take(1)[0], fold_);
    const auto bytes = take(lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2);
    return fold_ ? LiteralSet::anything() : LiteralSet::text(bytes);
  }

  LiteralSet escape() {
    if (rest_.empty()) return give_up();
    const char c = take(1)[0];
    constexpr std::string_view control = "afnrtv";
    if (is_any_of(c, control)) {
      const char byte = "\a\f\n\r\t\v"[control.find(c)];
      return LiteralSet::text({&byte, 1});
    }
    if (is_any_of(c, "dDsSwWC")) return LiteralSet::anything();
    if (is_any_of(c, "bBAz")) return LiteralSet::assertion();
    const bool word = is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_';
    if (word || static_cast<unsigned char>(c) >= 0x80) return give_up();
    return LiteralSet::text({&c, 1});
  }

  LiteralSet group() {
    const bool fold_outside = fold_;
    if (take("?")) {
      if (take("P<") || take("<"))
        take(std::min(rest_.find('>'), rest_.size() - 1) + 1);
      else if (!flags())
        return give_up();
      if (take(")")) return after_flags();
    }
    LiteralSet inside = alternation();
    fold_ = fold_outside;
    return take(")") ? inside : give_up();
  }

  // (?i) is for the rest of the group around it. A repetition behind it is of what stands before.
  LiteralSet after_flags() {
    const bool repeats = !rest_.empty() && is_any_of(rest_.front(), "*+?{");
    return repeats ? give_up() : LiteralSet::text("");
  }

  // i, m, s, U, after a '-' switched off, up to ':' (which is taken) or ')'.
  bool flags() {
    bool on = true;
    while (!rest_.empty() && !is_any_of(rest_.front(), ":)")) {
      const char flag = take(1)[0];
      if (flag == 'i') fold_ = on;
      if (flag == '-') on = false;
      if (!is_any_of(flag, "imsU-")) return false;
    }
    take(":");
    return true;
  }

  // A few plain characters are alternatives; ranges, names and negations are anything.
  LiteralSet char_class() {
    const std::string_view inside = take(class_size());
    if (!take("]")) return give_up();
    const bool plain = !inside.empty() && inside.size() <= 4 &&
                       std::all_of(inside.begin(), inside.end(), [](char c) {
                         return static_cast<unsigned char>(c) < 0x80 && !is_any_of(c, "^-[]\\");
                       });
    if (!plain) return LiteralSet::anything();
    std::vector<LiteralSet> choices;
    for (const char c : inside) choices.push_back(LiteralSet::letter(c, fold_));
    return LiteralSet::either(std::move(choices));
  }

  // Bytes up to the closing bracket.
  std::size_t class_size() const {
    std::size_t at = rest_.starts_with('^') ? 1 : 0;
    if (rest_.substr(at).starts_with(']')) ++at;
    while (at < rest_.size() && rest_[at] != ']') {
      const auto name_end =
          rest_.substr(at).starts_with("[:") ? rest_.find(":]", at + 2) : std::string_view::npos;
      if (name_end != std::string_view::npos)
        at = name_end + 2;
      else
        at += rest_[at] == '\\' ? 2 : 1;
    }
    return std::min(at, rest_.size());
  }

  std::string_view rest_;
  bool ok_ = true;
  bool fold_ = false;
  int depth_ = 0;
};

// Those that leave most out: longest first. One byte leaves too little out to be worth a look.
std::vector<RegexLiterals::AnyOf> most_selective(std::vector<RegexLiterals::AnyOf> clauses) {
  std::erase_if(clauses, [](const auto& clause) { return shortest(clause) < 2; });
  std::stable_sort(clauses.begin(), clauses.end(),
                   [](const auto& a, const auto& b) { return shortest(a) > shortest(b); });
  if (clauses.size() > max_clauses) clauses.resize(max_clauses);
  return clauses;
}

}  // namespace

RegexLiterals regex_literals(std::string_view pattern) {
  RegexReader reader(pattern);
  LiteralSet set = reader.alternation();
  if (!reader.ok()) return {};
  if (set.exact && !set.asserts) return {true, {std::move(set.texts)}};
  if (set.exact) set.clauses = {std::move(set.texts)};
  return {false, most_selective(std::move(set.clauses))};
}

}  // namespace sluice::storage
