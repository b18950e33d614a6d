#include "daemon/storage/label_lists.h"

#include <algorithm>

#include "daemon/storage/label_texts.h"
#include "daemon/storage/part_postings.h"
#include "daemon/storage/series_cursor.h"

namespace sluice::storage {

namespace {

class LabelCollector {
 public:
  LabelCollector(const query::SampleSelect& select, const std::string* name, SampleCuts& cuts,
                 query::QueryContext& context)
      : select_(select), name_(name), cuts_(cuts), context_(context), found_(context) {}

  Result<void> add_head(const TenantSamples& tenant) {
    const auto matched = tenant.match(select_.matchers);
    std::int64_t bytes = 0;
    for (const auto& one : matched) bytes += static_cast<std::int64_t>(sizeof one + one.key.size());
    SLUICE_CHECK(context_.charge(bytes));
    for (const auto& [key, series] : matched)
      if (tenant.any(*series, std::max(select_.start_ms, cuts_.first_ms(key)), select_.end_ms))
        SLUICE_CHECK(add_key(key));
    return context_.charge(-bytes);
  }

  // What postings do not tell is read.
  Result<void> add_part(SamplePartCache& cache, const SamplePartPtr& part,
                        const std::shared_ptr<const Snapshot>& snapshot) {
    const auto index = cache.index(*part, snapshot.get());
    if (!index && index.error().code != ErrorCode::corrupt) return index.error();
    if (!index || cuts_.last_cut_ms() > part->summary.last_ms)
      return read({cache, part, snapshot, select_.matchers}, *part);
    PartPostings postings(cache, *part, snapshot.get());
    SLUICE_TRY(GroupSet groups, postings.candidates(**index, select_.matchers));
    SLUICE_TRY(const GroupSet whole, postings.whole(select_.matchers, name_, groups));
    SLUICE_TRY(const GroupSet answered,
               name_ ? postings.values_in(whole, *name_, select_.matchers, found_)
                     : postings.names_in(whole, found_));
    groups.subtract(answered);
    return read({cache, part, snapshot, select_.matchers, std::move(groups)}, *part);
  }

  std::vector<std::string> take() { return found_.take(); }

 private:
  Result<void> read(SamplePartCursor cursor, const SamplePart& part) {
    for (;;) {
      SLUICE_TRY(const bool more, cursor.next());
      if (cursor.damaged()) context_.warn(damaged_samples_warning);
      if (!more) return {};
      SLUICE_CHECK(context_.check());
      if (cuts_.first_ms(cursor.key()) <= part.summary.last_ms) SLUICE_CHECK(add_key(cursor.key()));
    }
  }
  Result<void> add_key(std::string_view key) {
    LabelKeyReader reader(key);
    for (LabelView label; reader.next(label);)
      if (!label.value.empty() && (!name_ || label.name == *name_))
        SLUICE_CHECK(found_.add(name_ ? label.value : label.name));
    return {};
  }

  const query::SampleSelect& select_;
  const std::string* const name_;
  SampleCuts& cuts_;
  query::QueryContext& context_;
  LabelTexts found_;
};

}  // namespace

Result<std::vector<std::string>> list_labels(SamplePartCache& cache, const TenantSamples& tenant,
                                             const query::SampleSelect& select,
                                             const std::string* name, SampleCuts& cuts,
                                             query::QueryContext& context) {
  LabelCollector labels(select, name, cuts, context);
  // The head first: what a seal moves from there meanwhile is in the parts.
  SLUICE_CHECK(labels.add_head(tenant));
  const auto view = tenant.view(select.start_ms, select.end_ms, 0, cache.database());
  for (const auto& part : view.parts) SLUICE_CHECK(labels.add_part(cache, part, view.snapshot));
  return labels.take();
}

}  // namespace sluice::storage
