#include "daemon/storage/tombstones.h"

#include <algorithm>

namespace sluice::storage {

namespace {

bool concerns(const Tombstone& t, Timestamp first, Timestamp last, PartId part) {
  return part < t.parts_below && t.range.overlaps(first, last);
}

bool hides_line(const Tombstone& t, Timestamp timestamp, std::string_view line) {
  return t.range.contains(timestamp) &&
         std::all_of(t.filters.begin(), t.filters.end(),
                     [&](const auto& filter) { return filter.matches(line); });
}

}  // namespace

bool hides(const std::vector<Tombstone>& tombstones, Timestamp timestamp, std::string_view line) {
  return std::any_of(tombstones.begin(), tombstones.end(),
                     [&](const Tombstone& t) { return hides_line(t, timestamp, line); });
}

Tombstones::Tombstones(std::vector<Tombstone> deletions, std::vector<RetentionCut> cuts)
    : deletions_(std::move(deletions)), cuts_(std::move(cuts)) {}

Timestamp Tombstones::cut_of(const LabelSet& labels) const {
  for (const RetentionCut& cut : cuts_)
    if (query::matches_all(cut.matchers, labels)) return cut.before;
  return Timestamp::min();
}

const std::vector<Tombstone>* Tombstones::for_stream(const LabelSet& labels, Timestamp first,
                                                     Timestamp last, PartId part) const {
  if (empty()) return nullptr;
  Key key{{}, cut_of(labels)};
  if (key.cut <= first) key.cut = Timestamp::min();
  for (std::uint32_t i = 0; i < deletions_.size(); ++i)
    if (concerns(deletions_[i], first, last, part) &&
        query::matches_all(deletions_[i].matchers, labels))
      key.deletions.push_back(i);
  if (key.deletions.empty() && key.cut == Timestamp::min()) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto [it, added] = lists_.try_emplace(std::move(key));
  if (!added) return &it->second;
  for (const std::uint32_t i : it->first.deletions) it->second.push_back(deletions_[i]);
  if (it->first.cut != Timestamp::min()) {
    Tombstone cut;
    cut.range.end = it->first.cut;
    it->second.push_back(std::move(cut));
  }
  return &it->second;
}

bool Tombstones::hides_all(const LabelSet& labels, Timestamp first, Timestamp last,
                           PartId part) const {
  const auto* list = for_stream(labels, first, last, part);
  return list && std::any_of(list->begin(), list->end(), [&](const Tombstone& t) {
           return t.filters.empty() && t.range.contains(first) && t.range.contains(last);
         });
}

bool Tombstones::hides(const LabelSet& labels, Timestamp timestamp, std::string_view line,
                       PartId part) const {
  const auto* list = for_stream(labels, timestamp, timestamp, part);
  return list && storage::hides(*list, timestamp, line);
}

bool Tombstones::holds_back(PartId part, Timestamp first, Timestamp last) const {
  return std::any_of(deletions_.begin(), deletions_.end(), [&](const Tombstone& t) {
    return !t.settled && concerns(t, first, last, part);
  });
}

bool Tombstones::may_shrink(PartId part, Timestamp first, Timestamp last) const {
  return std::any_of(cuts_.begin(), cuts_.end(),
                     [&](const RetentionCut& cut) { return first < cut.before; }) ||
         std::any_of(deletions_.begin(), deletions_.end(), [&](const Tombstone& t) {
           return t.settled && concerns(t, first, last, part);
         });
}

bool Tombstones::shrinks(const LabelSet& labels, Timestamp first, Timestamp last,
                         PartId part) const {
  const auto* list = for_stream(labels, first, last, part);
  return list &&
         std::any_of(list->begin(), list->end(), [](const Tombstone& t) { return t.settled; });
}

}  // namespace sluice::storage
