#include "daemon/storage/columns/literal_set.h"

#include <algorithm>
#include <optional>

namespace sluice::storage {

namespace {

bool has_letters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_ascii_letter);
}

// Letters of both kinds do not join into one needle.
std::optional<Needle> joined(const Needle& a, const Needle& b) {
  if (a.fold != b.fold && has_letters(a.text) && has_letters(b.text)) return std::nullopt;
  return Needle{a.text + b.text, a.fold || b.fold};
}

}  // namespace

std::size_t shortest(const RegexLiterals::AnyOf& needles) {
  std::size_t size = needles.empty() ? 0 : needles[0].text.size();
  for (const Needle& needle : needles) size = std::min(size, needle.text.size());
  return size;
}

LiteralSet LiteralSet::letter(char c, bool fold) {
  if (!fold || !is_ascii_letter(c)) return text({&c, 1});
  LiteralSet set{true, false, {Needle{std::string(1, to_lower(c)), true}}, {}};
  if (to_lower(c) == 'k') set.texts.push_back({"\xE2\x84\xAA", false});
  if (to_lower(c) == 's') set.texts.push_back({"\xC5\xBF", false});
  return set;
}

LiteralSet LiteralSet::optional() && {
  if (!exact || texts.size() == most) return anything();
  texts.push_back({});
  return std::move(*this);
}

LiteralSet LiteralSet::at_least_once() && {
  if (!texts.empty()) clauses = {std::move(texts)};
  texts.clear();
  exact = false;
  return std::move(*this);
}

const LiteralSet::AnyOf* LiteralSet::best_clause() const {
  if (exact) return &texts;
  const auto best =
      std::max_element(clauses.begin(), clauses.end(),
                       [](const AnyOf& a, const AnyOf& b) { return shortest(a) < shortest(b); });
  return best == clauses.end() ? nullptr : &*best;
}

LiteralSet LiteralSet::either(std::vector<LiteralSet> branches) {
  if (branches.size() == 1) return std::move(branches[0]);
  LiteralSet either{true, false, {}, {}};
  for (const LiteralSet& branch : branches) {
    const AnyOf* const best = branch.best_clause();
    if (best == nullptr || either.texts.size() + best->size() > most) return anything();
    either.texts.insert(either.texts.end(), best->begin(), best->end());
    either.exact = either.exact && branch.exact;
    either.asserts = either.asserts || branch.asserts;
  }
  return either.exact ? either : std::move(either).at_least_once();
}

bool LiteralSequence::append(const LiteralSet::AnyOf& texts) {
  if (run_.size() * texts.size() > LiteralSet::most) return false;
  LiteralSet::AnyOf longer;
  for (const Needle& begin : run_)
    for (const Needle& end : texts) {
      auto needle = joined(begin, end);
      if (!needle) return false;
      longer.push_back(std::move(*needle));
    }
  run_ = std::move(longer);
  return true;
}

void LiteralSequence::flush() {
  whole_.exact = false;
  if (shortest(run_) > 0) whole_.clauses.push_back(run_);
  run_ = {Needle{}};
}

void LiteralSequence::add(LiteralSet part) {
  whole_.asserts = whole_.asserts || part.asserts;
  if (part.exact) {
    if (append(part.texts)) return;
    flush();
    run_ = std::move(part.texts);
  } else {
    flush();
    for (auto& clause : part.clauses) whole_.clauses.push_back(std::move(clause));
  }
}

LiteralSet LiteralSequence::finish() && {
  if (whole_.exact)
    whole_.texts = std::move(run_);
  else
    flush();
  return std::move(whole_);
}

}  // namespace sluice::storage
