// BatchFilter: the label filters of a LogPushdown, judged on the columns of one batch after
// another.
#pragma once

#include <string_view>

#include "query/engine/batch_labels.h"
#include "query/engine/log_pushdown.h"
#include "query/engine/row_verdicts.h"

namespace sluice::query {

class BatchFilter {
 public:
  explicit BatchFilter(const LogPushdown& pushdown)
      : pushdown_(pushdown), labels_(pushdown.projection()) {}

  // Whether columns tell anything of the batch; if not, its lines must run through the stages.
  bool serves(const LogBatch& batch) const;
  void bind(const LogBatch& batch) { labels_.bind(batch); }
  std::size_t rows() const { return labels_.rows(); }

  // The label after the first `selections` of drop and keep.
  LabelColumn column(std::string_view name, bool parsed, std::size_t selections);
  // The label at the end of the stages.
  LabelColumn column(std::string_view name) { return column(name, true, pushdown_.selections()); }
  RowVerdicts judge();
  // The verdict in the end, once all columns were asked for: Verdict::error also for rows whose
  // columns say nothing.
  Verdict verdict(const RowVerdicts& verdicts, std::size_t row) const {
    return labels_.by_line(row) ? Verdict::error : verdicts.at(row);
  }
  bool all_passed(const RowVerdicts& verdicts) const {
    return !labels_.any_by_line() && verdicts.all(Verdict::pass);
  }
  bool all_dropped(const RowVerdicts& verdicts) const {
    return !labels_.any_by_line() && verdicts.all(Verdict::drop);
  }

 private:
  const LogPushdown& pushdown_;
  BatchLabels labels_;
};

// The line of a row, from wherever the batch has it.
Result<std::string_view> line_of(const LogBatch& batch, std::size_t row);

}  // namespace sluice::query
