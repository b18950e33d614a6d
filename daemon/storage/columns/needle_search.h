// NeedleSearch: one needle over the templates of a part: which lines of a template contain it.
//
// The ways it can lie in a template are worked out when the template is first asked about, and
// kept. GroupView is what is looked up but once per row group: whether texts can occur in it at
// all. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/columns/needle.h"
#include "daemon/storage/columns/row_set.h"
#include "daemon/storage/columns/slot_test.h"

namespace sluice::storage {

// The texts of all conditions of a search, each once.
class ConditionTexts {
 public:
  struct Text {
    std::string bytes;
    bool fold = false;
    bool typed = false;  // may_be_typed()
  };
  std::uint32_t add(std::string_view bytes, bool fold);
  const Text& at(std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<Text> texts_;  // views of them stay good when more are added
  std::unordered_map<std::string, std::uint32_t> numbers_[2];  // not folded, folded
};

struct TextCondition {
  std::uint32_t slot = 0;
  SlotTest test = SlotTest::contains;
  std::uint32_t text = 0;
};

// Which texts a row group's dictionary and text columns may contain.
class GroupView {
 public:
  // Keeps its answers in `verdicts`, which it empties first.
  GroupView(const SearchableGroup& group, const ConditionTexts& texts,
            std::vector<std::uint8_t>& verdicts, Evidence evidence = Evidence::header);

  const SearchableGroup& group() const { return group_; }
  bool may_contain(std::uint32_t text) const;
  // False: no value of the slot's column passes.
  bool may_pass(std::uint32_t template_number, const TextCondition& condition) const;
  ValueTest test_of(const TextCondition& condition) const;

 private:
  const SearchableGroup& group_;
  const ConditionTexts& texts_;
  std::vector<std::uint8_t>& verdicts_;  // by text: 0 not asked yet, 1 no, 2 yes
  const Evidence evidence_;
};

class NeedleSearch {
 public:
  NeedleSearch(Needle needle, std::span<const LineTemplate> templates, ConditionTexts& texts);

  enum class Verdict : std::uint8_t {
    unasked,
    never,    // no line of the template contains the needle
    always,   // every line does
    columns,  // slot values tell
    lines,    // only whole lines tell
  };
  Verdict verdict(std::uint32_t template_number) const;
  bool may_occur(const GroupView& view, std::uint32_t template_number) const;

  // Adds to `hits` the rows whose line contains the needle. verdict() is `columns`.
  Result<void> add_rows(const GroupView& view, SearchableGroup& group,
                        std::uint32_t template_number, RowSet& hits, SearchCounts& counts) const;
  bool in_line(std::string_view line) const;
  const Needle& needle() const { return needle_; }

 private:
  using Conditions = std::vector<TextCondition>;
  // The ways but those within one slot, which every slot offers.
  struct Ways {
    Verdict verdict = Verdict::unasked;
    std::vector<Conditions> across;
  };
  const Ways& ways(std::uint32_t template_number) const;
  Ways find_ways(const LineTemplate& pattern) const;
  Conditions with_texts(const Placement& placement) const;
  std::uint32_t slots(std::uint32_t template_number) const {
    return static_cast<std::uint32_t>(templates_[template_number].slots());
  }

  Needle needle_;
  std::span<const LineTemplate> templates_;
  ConditionTexts& texts_;
  std::uint32_t whole_;  // the needle among texts_
  mutable std::vector<Ways> ways_;
};

}  // namespace sluice::storage
