#include "daemon/storage/part_postings.h"

#include <algorithm>

namespace sluice::storage {

namespace {

// So many groups are read as fast as what postings could spare of them.
constexpr std::uint32_t few_groups = 4;

// A block takes about as long as the labels of a group.
bool worth_reading(const PostingsName& name, const GroupSet& groups) {
  return name.least.size() <= std::size_t{groups.count()};
}

// What the names in an index tell already.
bool is_told_by_index(const query::LabelMatcher& matcher) {
  return matcher.name() == metric_name_label &&
         (matcher.op() == query::MatchOp::equal ||
          (matcher.op() == query::MatchOp::regex && !matcher.literals().empty()));
}

// The values it matches, if it says them all.
std::vector<std::string> values_of(const query::LabelMatcher& matcher) {
  if (matcher.op() == query::MatchOp::equal) return {matcher.value()};
  if (matcher.op() == query::MatchOp::regex) return matcher.literals();
  return {};
}

// The cheap and sharp ones first.
std::vector<const query::LabelMatcher*> in_order(const std::vector<query::LabelMatcher>& matchers) {
  std::vector<const query::LabelMatcher*> order;
  for (const auto& matcher : matchers)
    if (!is_told_by_index(matcher)) order.push_back(&matcher);
  std::stable_partition(order.begin(), order.end(),
                        [](const auto* matcher) { return !values_of(*matcher).empty(); });
  return order;
}

bool match_all_of(const std::vector<query::LabelMatcher>& matchers, const std::string& name,
                  std::string_view value) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const auto& matcher) {
    return matcher.name() != name || matcher.matches(value);
  });
}

}  // namespace

// Damage ends here, as a part without postings.
Result<const PostingsDirectory*> PartPostings::directory() {
  if (directory_) return directory_.get();
  auto names = cache_.names(part_, snapshot_);
  if (names) {
    directory_ = std::move(*names);
    return directory_.get();
  }
  if (names.error().code != ErrorCode::corrupt) return names.error();
  cache_.database().report_corrupt(names.error());
  directory_ = std::make_shared<const PostingsDirectory>();
  return directory_.get();
}

Result<bool> PartPostings::told(const Result<void>& result) const {
  if (result) return true;
  if (result.error().code != ErrorCode::corrupt) return result.error();
  cache_.database().report_corrupt(result.error());
  return false;
}

Result<void> PartPostings::walk(const PostingsSection& section, const PostingsName& name,
                                std::size_t block, const Visit& visit) {
  for (; block < name.least.size(); ++block) {
    const auto number = name.first_block + static_cast<std::uint32_t>(block);
    SLUICE_TRY(const auto body, cache_.postings(part_, number, snapshot_));
    PostingsBlockReader reader(*body, section.groups);
    for (;;) {
      SLUICE_TRY(const bool more, reader.next());
      if (!more) break;
      SLUICE_TRY(const bool go_on, visit(reader));
      if (!go_on) return {};
    }
  }
  return {};
}

Result<void> PartPostings::each_section(GroupSet& groups, const Change& change) {
  SLUICE_TRY(const auto* sections, directory());
  for (const PostingsSection& section : *sections) {
    GroupSet part = groups.part(section.first_group, section.groups);
    if (part.empty()) continue;
    SLUICE_CHECK(change(section, part));
    groups.set_part(section.first_group, part);
  }
  return {};
}

Result<void> PartPostings::add_value(const PostingsSection& section, const PostingsName& name,
                                     std::string_view value, GroupSet& found) {
  const auto after = std::upper_bound(name.least.begin(), name.least.end(), value);
  if (after == name.least.begin()) return {};
  GroupSet groups(section.groups);
  return walk(section, name, static_cast<std::size_t>(after - name.least.begin()) - 1,
              [&](const PostingsBlockReader& reader) -> Result<bool> {
                if (reader.value() < value) return true;
                if (reader.value() > value) return false;
                SLUICE_CHECK(reader.read_groups(groups));
                found.unite(groups);
                return false;
              });
}

// Stops where nothing can be added that is in `enough`.
Result<void> PartPostings::add_matching(const PostingsSection& section, const PostingsName& name,
                                        const query::LabelMatcher& matcher, GroupSet& found,
                                        const GroupSet& enough) {
  GroupSet groups(section.groups);
  return walk(section, name, 0, [&](const PostingsBlockReader& reader) -> Result<bool> {
    if (!matcher.matches(reader.value())) return true;
    SLUICE_CHECK(reader.read_groups(groups));
    found.unite(groups);
    return !found.includes(enough);
  });
}

Result<void> PartPostings::narrow(const PostingsSection& section,
                                  const query::LabelMatcher& matcher, GroupSet& groups) {
  const PostingsName* const name = section.find(matcher.name());
  if (!name) {
    if (!matcher.matches_empty()) groups.clear();
    return {};
  }
  GroupSet found(section.groups);
  Result<void> read;
  const auto values = values_of(matcher);
  if (values.empty()) {
    if (!worth_reading(*name, groups)) return {};
    read = add_matching(section, *name, matcher, found, groups);
  }
  for (const std::string& value : values)
    if (read) read = add_value(section, *name, value, found);
  SLUICE_TRY(const bool sound, told(read));
  if (sound) groups.intersect(found);
  return {};
}

Result<GroupSet> PartPostings::candidates(const SampleIndex& index,
                                          const std::vector<query::LabelMatcher>& matchers) {
  const KeyMatcher names(matchers);
  GroupSet groups(static_cast<std::uint32_t>(index.size()));
  for (std::uint32_t i = 0; i < groups.size(); ++i)
    if (names.may_match_names(index[i].least_name, index[i].greatest_name)) groups.add(i);
  const auto order = in_order(matchers);
  if (order.empty() || groups.count() <= few_groups) return groups;
  SLUICE_CHECK(
      each_section(groups, [&](const PostingsSection& section, GroupSet& part) -> Result<void> {
        for (const auto* matcher : order)
          if (!part.empty()) SLUICE_CHECK(narrow(section, *matcher, part));
        return {};
      }));
  return groups;
}

// Takes groups of which a series may not match.
Result<void> PartPostings::take_unmatched(const PostingsSection& section,
                                          const query::LabelMatcher& matcher, GroupSet& groups) {
  const PostingsName* const name = section.find(matcher.name());
  if (!name ? !matcher.matches_empty() : !worth_reading(*name, groups)) groups.clear();
  if (!name || groups.empty()) return {};
  GroupSet have(section.groups);
  const auto read = walk(section, *name, 0, [&](const PostingsBlockReader& reader) -> Result<bool> {
    if (matcher.matches(reader.value())) return true;
    SLUICE_CHECK(reader.read_groups(have));
    groups.subtract(have);
    return !groups.empty();
  });
  SLUICE_TRY(const bool sound, told(read));
  if (!sound) groups.clear();
  return {};
}

Result<GroupSet> PartPostings::whole(const std::vector<query::LabelMatcher>& matchers,
                                     const std::string* but_name, const GroupSet& groups) {
  GroupSet left = groups;
  GroupSet all(groups.size());
  SLUICE_CHECK(
      each_section(left, [&](const PostingsSection& section, GroupSet& part) -> Result<void> {
        for (const auto& matcher : matchers) {
          if (part.empty() || (but_name && matcher.name() == *but_name)) continue;
          SLUICE_CHECK(take_unmatched(section, matcher, part));
        }
        all.set_part(section.first_group, part);
        return {};
      }));
  return all;
}

// Whether a series of the groups has it.
Result<bool> PartPostings::has_name(const PostingsSection& section, const PostingsName& name,
                                    const GroupSet& groups) {
  if (groups.count() == section.groups) return true;
  GroupSet have(section.groups);
  bool found = false;
  SLUICE_CHECK(walk(section, name, 0, [&](const PostingsBlockReader& reader) -> Result<bool> {
    if (reader.value().empty()) return true;
    SLUICE_CHECK(reader.read_groups(have));
    found = have.meets(groups);
    return !found;
  }));
  return found;
}

Result<GroupSet> PartPostings::names_in(const GroupSet& groups, LabelTexts& found) {
  GroupSet answered(groups.size());
  GroupSet asked = groups;
  SLUICE_CHECK(
      each_section(asked, [&](const PostingsSection& section, GroupSet& part) -> Result<void> {
        const bool all = part.count() == section.groups;
        for (const PostingsName& name : section.names) {
          if (found.contains(name.name)) continue;
          if (!all && !worth_reading(name, part)) return {};
          const auto has = has_name(section, name, part);
          SLUICE_TRY(const bool sound, told(has ? Result<void>() : Result<void>(has.error())));
          if (!sound) return {};
          if (*has) SLUICE_CHECK(found.add(name.name));
        }
        answered.set_part(section.first_group, part);
        return {};
      }));
  return answered;
}

Result<GroupSet> PartPostings::values_in(const GroupSet& groups, const std::string& name,
                                         const std::vector<query::LabelMatcher>& matchers,
                                         LabelTexts& found) {
  GroupSet answered(groups.size());
  GroupSet asked = groups;
  SLUICE_CHECK(
      each_section(asked, [&](const PostingsSection& section, GroupSet& part) -> Result<void> {
        const PostingsName* const where = section.find(name);
        const bool all = part.count() == section.groups;
        if (where && !all && !worth_reading(*where, part)) return {};
        GroupSet have(section.groups);
        const auto read =
            !where
                ? Result<void>()
                : walk(section, *where, 0, [&](const PostingsBlockReader& reader) -> Result<bool> {
                    if (reader.value().empty() || !match_all_of(matchers, name, reader.value()))
                      return true;
                    SLUICE_CHECK(reader.read_groups(have));
                    if (have.meets(part)) SLUICE_CHECK(found.add(reader.value()));
                    return true;
                  });
        SLUICE_TRY(const bool sound, told(read));
        if (sound) answered.set_part(section.first_group, part);
        return {};
      }));
  return answered;
}

Result<void> PartPostings::check() {
  SLUICE_TRY(directory_, cache_.names(part_, snapshot_));
  for (const PostingsSection& section : *directory_) {
    GroupSet groups(section.groups);
    for (const PostingsName& name : section.names)
      SLUICE_CHECK(walk(section, name, 0, [&](const PostingsBlockReader& reader) -> Result<bool> {
        SLUICE_CHECK(reader.read_groups(groups));
        return true;
      }));
  }
  return {};
}

}  // namespace sluice::storage
