#include "query/logql/label_table.h"

#include <algorithm>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::query::logql {

namespace {

// A sum, so that the order of the labels does not matter.
std::uint64_t hash_of(std::span<const LabelView> labels) {
  std::uint64_t sum = labels.size();
  for (const auto& [name, value, origin] : labels) {
    const auto seed = XXH3_64bits(name.data(), name.size()) + static_cast<std::uint64_t>(origin);
    sum += XXH3_64bits_withSeed(value.data(), value.size(), seed);
  }
  return sum;
}

bool same(const LabelTable::Group& group, std::span<const LabelView> labels) {
  if (group.labels.size() != labels.size()) return false;
  return std::all_of(labels.begin(), labels.end(), [&](const LabelView& label) {
    const auto it =
        std::lower_bound(group.labels.begin(), group.labels.end(), label.name,
                         [](const Label& l, std::string_view name) { return l.name < name; });
    if (it == group.labels.end() || it->name != label.name || it->value != label.value)
      return false;
    return group.origins[static_cast<std::size_t>(it - group.labels.begin())] == label.origin;
  });
}

LabelTable::Group make_group(std::span<const LabelView> labels) {
  std::vector<LabelView> sorted(labels.begin(), labels.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const LabelView& a, const LabelView& b) { return a.name < b.name; });
  LabelTable::Group group;
  std::vector<Label> owned;
  for (const auto& [name, value, origin] : sorted) {
    owned.push_back({std::string(name), std::string(value)});
    group.origins.push_back(origin);
  }
  group.labels = LabelSet::from(std::move(owned));
  return group;
}

}  // namespace

std::size_t LabelTable::intern(std::span<const LabelView> labels, bool& added) {
  const auto hash = hash_of(labels);
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    added = false;
    if (same(groups_[it->second], labels)) return it->second;
  }
  added = true;
  groups_.push_back(make_group(labels));
  by_hash_.emplace(hash, groups_.size() - 1);
  return groups_.size() - 1;
}

std::size_t LabelTable::cost(const Group& group) {
  std::size_t bytes = sizeof(Group) + 64;  // and its place in the hash table
  for (const auto& [name, value] : group.labels)
    bytes += sizeof(Label) + sizeof(Origin) + name.size() + value.size();
  return bytes;
}

LogStream result_stream(const LabelTable::Group& group) {
  LogStream stream;
  stream.labels = group.labels;
  std::size_t i = 0;
  for (const auto& [name, value] : group.labels) {
    const Origin origin = group.origins[i++];
    if (origin == Origin::metadata) stream.metadata.set(name, value);
    if (origin == Origin::parsed) stream.parsed.set(name, value);
  }
  return stream;
}

}  // namespace sluice::query::logql
