// PartPostings: what the postings of a sample part tell of its groups (docs/format/sample-part.md).
//
// Damage is reported and what is damaged taken as not told: then groups are read that need not be,
// and nothing is missing. Where a dictionary is larger than the groups it could spare, it is not
// read. Errors: io, and those of the query's budget. For one thread; the part must outlive it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/storage/label_texts.h"
#include "daemon/storage/sample_part_reader.h"

namespace sluice::storage {

class PartPostings {
 public:
  PartPostings(SamplePartCache& cache, const SamplePart& part, const Snapshot* snapshot)
      : cache_(cache), part_(part), snapshot_(snapshot) {}

  // Groups in which a series may match all of them.
  Result<GroupSet> candidates(const SampleIndex& index,
                              const std::vector<query::LabelMatcher>& matchers);
  // Those of `groups` of which it is told that every series matches all of them, but for matchers
  // of `but_name`.
  Result<GroupSet> whole(const std::vector<query::LabelMatcher>& matchers,
                         const std::string* but_name, const GroupSet& groups);
  // Adds the names that series of the groups have. The groups of which that was told.
  Result<GroupSet> names_in(const GroupSet& groups, LabelTexts& found);
  // Adds the values of `name` in the groups that all matchers of that name match.
  Result<GroupSet> values_in(const GroupSet& groups, const std::string& name,
                             const std::vector<query::LabelMatcher>& matchers, LabelTexts& found);
  // Reads all of them. Error(corrupt) as well.
  Result<void> check();

 private:
  // Goes on while true comes back.
  using Visit = std::function<Result<bool>(const PostingsBlockReader& reader)>;
  using Change = std::function<Result<void>(const PostingsSection& section, GroupSet& groups)>;

  Result<const PostingsDirectory*> directory();
  // Nothing, and the damage told, if `result` is damage.
  Result<bool> told(const Result<void>& result) const;
  Result<void> walk(const PostingsSection& section, const PostingsName& name, std::size_t block,
                    const Visit& visit);
  // Changes the part of `groups` that each section tells of, if there is any.
  Result<void> each_section(GroupSet& groups, const Change& change);
  Result<void> add_matching(const PostingsSection& section, const PostingsName& name,
                            const query::LabelMatcher& matcher, GroupSet& found,
                            const GroupSet& enough);
  Result<void> add_value(const PostingsSection& section, const PostingsName& name,
                         std::string_view value, GroupSet& found);
  Result<void> narrow(const PostingsSection& section, const query::LabelMatcher& matcher,
                      GroupSet& groups);
  Result<void> take_unmatched(const PostingsSection& section, const query::LabelMatcher& matcher,
                              GroupSet& groups);
  Result<bool> has_name(const PostingsSection& section, const PostingsName& name,
                        const GroupSet& groups);

  SamplePartCache& cache_;
  const SamplePart& part_;
  const Snapshot* const snapshot_;
  std::shared_ptr<const PostingsDirectory> directory_;
};

}  // namespace sluice::storage
