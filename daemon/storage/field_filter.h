// FieldFilter: takes out rows of a row group whose fields, as `| json` or `| logfmt` would make
// them, do not pass the conditions of a projection: judged per distinct value of dictionaries, by
// numbers or by a search for the bytes, never by lines.
//
// It leaves alone rows that are not parsed (see FieldReader), and conditions on a name that a
// wanted Stream or an entry's metadata has as well. One per row group, used by one thread.
#pragma once

#include <string>
#include <vector>

#include "daemon/storage/columns/local_rows.h"
#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/field_names.h"
#include "daemon/storage/log_plan.h"

namespace sluice::storage {

class FieldFilter {
 public:
  // All must outlive it.
  FieldFilter(RowGroupReader& group, FieldMap& fields, const PartScan& scan, const GroupInfo& info);

  bool has_conditions() const { return !conditions_.empty(); }
  // False: no wanted row passes, known from the evidence alone.
  bool may_match(Evidence evidence = Evidence::header) const;
  Result<void> narrow(RowSet& rows, SearchCounts& counts);

 private:
  using Condition = query::FieldCondition;
  const FieldSlots& slots_of(std::size_t kind) const;
  bool may_pass(const Condition& condition, std::size_t kind, Evidence evidence) const;
  bool may_hold(const Condition& condition, std::size_t kind, const FieldSlot& slot,
                Evidence evidence) const;
  Result<void> narrow(const Condition& condition, std::size_t kind, LocalRows& rows,
                      SearchCounts& counts);
  Result<RowSet> passing(const Condition& condition, std::size_t kind, const FieldSlot& slot,
                         const LocalRows& within);
  Result<RowSet> passing_any(const Condition& condition, std::size_t kind,
                             const std::vector<FieldSlot>& slots, const LocalRows& within);
  RowSet passing_codes(const Condition& condition, const SlotColumn& column, bool quoted);
  RowSet passing_texts(const Condition& condition, const SlotColumn& column, bool quoted);
  bool passes(const Condition& condition, bool quoted, std::string_view bytes);

  RowGroupReader& group_;
  FieldMap& fields_;
  std::vector<const Condition*> conditions_;
  std::string scratch_;
};

}  // namespace sluice::storage
