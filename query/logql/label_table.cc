#include "query/logql/label_table.h"

#include <algorithm>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::query::logql {

namespace {

bool same(const LabelView& a, const LabelView& b) {
  return a.name == b.name && a.value == b.value && a.origin == b.origin;
}

// Names do not repeat, so that every label is found only if the sets are equal.
bool same(std::span<const LabelView> set, std::span<const LabelView> labels) {
  return set.size() == labels.size() &&
         std::all_of(labels.begin(), labels.end(), [&](const LabelView& label) {
           return std::any_of(set.begin(), set.end(),
                              [&](const LabelView& known) { return same(known, label); });
         });
}

constexpr std::size_t max_names = 16;

}  // namespace

// A sum, so that the order of the labels does not matter.
std::uint64_t LabelTable::hash_of(std::span<const LabelView> labels) {
  std::uint64_t sum = labels.size();
  for (const auto& [name, value, origin] : labels) {
    const auto seed = XXH3_64bits(name.data(), name.size()) + static_cast<std::uint64_t>(origin);
    sum += XXH3_64bits_withSeed(value.data(), value.size(), seed);
  }
  return sum;
}

void LabelTable::prefetch(std::span<const std::uint64_t> hashes) const {
  const std::size_t mask = places_.size() - 1;
  const auto likely = [&](std::uint64_t hash) -> const Set* {
    const Place& place = places_[hash & mask];
    return place.set == 0 ? nullptr : &sets_[place.set - 1];
  };
  for (const std::uint64_t hash : hashes) __builtin_prefetch(&places_[hash & mask]);
  for (const std::uint64_t hash : hashes)
    if (const Set* set = likely(hash)) __builtin_prefetch(set);
  for (const std::uint64_t hash : hashes)
    if (const Set* set = likely(hash)) __builtin_prefetch(labels_.data() + set->begin);
  for (const std::uint64_t hash : hashes)
    if (const Set* set = likely(hash); set != nullptr && set->count > 0)
      __builtin_prefetch(labels_[set->begin].value.data());
}

std::size_t LabelTable::intern(std::span<const LabelView> labels, std::uint64_t hash, bool& added) {
  const std::size_t mask = places_.size() - 1;
  added = false;
  std::size_t place = hash & mask;
  for (; places_[place].set != 0; place = (place + 1) & mask) {
    const std::size_t set = places_[place].set - 1;
    if (places_[place].hash == static_cast<std::uint32_t>(hash >> 32) && sets_[set].hash == hash &&
        same(at(set), labels))
      return set;
  }
  added = true;
  const std::size_t set = add(hash, labels);
  places_[place] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(set + 1)};
  if (2 * sets_.size() > places_.size()) grow();
  return set;
}

std::size_t LabelTable::add(std::uint64_t hash, std::span<const LabelView> labels) {
  const std::size_t begin = labels_.size();
  for (const auto& [name, value, origin] : labels)
    labels_.push_back({kept_name(name), texts_.copy(value), origin});
  std::sort(labels_.begin() + static_cast<std::ptrdiff_t>(begin), labels_.end(),
            [](const LabelView& a, const LabelView& b) { return a.name < b.name; });
  sets_.push_back({hash, begin, labels.size()});
  return sets_.size() - 1;
}

std::string_view LabelTable::kept_name(std::string_view name) {
  const auto known = std::find(names_.begin(), names_.end(), name);
  if (known != names_.end()) return *known;
  if (names_.size() == max_names) names_.erase(names_.begin());
  return names_.emplace_back(texts_.copy(name));
}

void LabelTable::grow() {
  places_.assign(2 * places_.size(), {});
  const std::size_t mask = places_.size() - 1;
  for (std::size_t set = 0; set < sets_.size(); ++set) {
    const std::uint64_t hash = sets_[set].hash;
    std::size_t place = hash & mask;
    while (places_[place].set != 0) place = (place + 1) & mask;
    places_[place] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(set + 1)};
  }
}

std::size_t LabelTable::cost(std::size_t index) const {
  std::size_t bytes = sizeof(Set) + 4 * sizeof(Place);
  for (const auto& [name, value, origin] : at(index))
    bytes += sizeof(LabelView) + name.size() + value.size();
  return bytes;
}

LabelSet label_set(std::span<const LabelView> labels) {
  std::vector<Label> owned;
  owned.reserve(labels.size());
  for (const auto& label : labels)
    owned.push_back({std::string(label.name), std::string(label.value)});
  return LabelSet::from(std::move(owned));
}

LogStream result_stream(std::span<const LabelView> labels) {
  LogStream stream;
  stream.labels = label_set(labels);
  for (const auto& [name, value, origin] : labels) {
    if (origin == Origin::metadata) stream.metadata.set(name, value);
    if (origin == Origin::parsed) stream.parsed.set(name, value);
  }
  return stream;
}

}  // namespace sluice::query::logql
