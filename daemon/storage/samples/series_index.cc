#include "daemon/storage/samples/series_index.h"

#include <algorithm>
#include <utility>

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

// A matcher over symbols: each distinct value is asked about once.
class SymbolMatcher {
 public:
  SymbolMatcher(const query::LabelMatcher& matcher, const Symbol* name)
      : matcher_(matcher), name_(name), of_empty_(matcher.matches_empty()) {}

  bool matches(const HeadSeries& series) {
    const Symbol* value = name_ ? series.value_of(name_) : nullptr;
    if (!value) return of_empty_;
    const auto [it, fresh] = answers_.try_emplace(value, false);
    if (fresh) it->second = matcher_.matches(value->text());
    return it->second;
  }

 private:
  const query::LabelMatcher& matcher_;
  const Symbol* const name_;
  const bool of_empty_;
  std::unordered_map<const Symbol*, bool> answers_;
};

}  // namespace

std::size_t SeriesIndex::place_of(const KeyHash& hash) const {
  const auto tag = static_cast<std::uint32_t>(hash.high);
  std::size_t at = home(hash);
  while (table_[at].slot != 0 &&
         !(table_[at].tag == tag && slots_[table_[at].slot - 1]->hash == hash))
    at = (at + 1) & (table_.size() - 1);
  return at;
}

HeadSeries* SeriesIndex::find(const KeyHash& hash) const {
  if (table_.empty()) return nullptr;
  const Entry& entry = table_[place_of(hash)];
  return entry.slot == 0 ? nullptr : slots_[entry.slot - 1].get();
}

void SeriesIndex::grow() {
  if ((count_ + 1) * 4 <= table_.size() * 3) return;
  table_.assign(std::max<std::size_t>(16, table_.size() * 2), {});
  for_each([&](const HeadSeriesPtr& series) {
    table_[place_of(series->hash)] = {series->slot + 1,
                                      static_cast<std::uint32_t>(series->hash.high)};
  });
}

std::uint32_t SeriesIndex::free_slot() {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

HeadSeries& SeriesIndex::add(const KeyHash& hash, std::span<const LabelView> labels,
                             std::uint64_t number) {
  grow();
  auto series = std::make_shared<HeadSeries>();
  series->hash = hash;
  series->number = number;
  series->labels.reserve(labels.size());
  for (const LabelView& label : labels)
    series->labels.push_back({symbols_.acquire(label.name), symbols_.acquire(label.value)});
  series->slot = free_slot();
  slots_[series->slot] = series;
  Entry& entry = table_[place_of(hash)];
  SLUICE_ASSERT(entry.slot == 0);
  entry = {series->slot + 1, static_cast<std::uint32_t>(hash.high)};
  for (const auto& [name, value] : series->labels) postings_[{name, value}].add(series->slot);
  ++count_;
  return *series;
}

void SeriesIndex::remove(const HeadSeries& series) {
  const std::uint32_t slot = series.slot;
  std::size_t hole = place_of(series.hash);
  SLUICE_ASSERT(table_[hole].slot == slot + 1);
  table_[hole] = {};
  // Entries behind the hole that were pushed there move up.
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = (hole + 1) & mask; table_[at].slot != 0; at = (at + 1) & mask) {
    const std::size_t wanted = home(slots_[table_[at].slot - 1]->hash);
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    table_[hole] = std::exchange(table_[at], {});
    hole = at;
  }
  for (const auto& [name, value] : series.labels) {
    const auto it = postings_.find({name, value});
    it->second.remove(slot);
    if (it->second.empty()) postings_.erase(it);
  }
  for (const auto& [name, value] : series.labels) {
    symbols_.release(name);
    symbols_.release(value);
  }
  free_slots_.push_back(slot);
  --count_;
  slots_[slot].reset();  // perhaps the last to know it
}

// False: no series has one of the labels that all must have.
bool SeriesIndex::smallest_posting(const std::vector<query::LabelMatcher>& matchers,
                                   const SlotSet*& smallest) const {
  for (const auto& matcher : matchers) {
    if (matcher.op() != query::MatchOp::equal || matcher.value().empty()) continue;
    const auto it = postings_.find({symbols_.find(matcher.name()), symbols_.find(matcher.value())});
    if (it == postings_.end()) return false;
    if (!smallest || it->second.size() < smallest->size()) smallest = &it->second;
  }
  return true;
}

std::vector<SeriesIndex::Matched> SeriesIndex::match(
    const std::vector<query::LabelMatcher>& matchers) const {
  std::vector<Matched> found;
  const SlotSet* smallest = nullptr;
  if (!smallest_posting(matchers, smallest)) return found;
  std::vector<SymbolMatcher> checks;
  for (const auto& matcher : matchers) checks.emplace_back(matcher, symbols_.find(matcher.name()));
  const auto consider = [&](const HeadSeriesPtr& series) {
    if (std::all_of(checks.begin(), checks.end(),
                    [&](SymbolMatcher& check) { return check.matches(*series); }))
      found.push_back({series->key(), series});
  };
  if (smallest)
    smallest->for_each([&](std::uint32_t slot) { consider(slots_[slot]); });
  else
    for_each(consider);
  return found;
}

}  // namespace sluice::storage
