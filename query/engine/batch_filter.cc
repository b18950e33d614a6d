#include "query/engine/batch_filter.h"

namespace sluice::query {

bool BatchFilter::serves(const LogBatch& batch) const {
  const bool columns = batch.parsed || !pushdown_.parsed();
  return columns && (pushdown_.complete() || !pushdown_.filters().empty());
}

LabelColumn BatchFilter::column(std::string_view name, bool parsed, std::size_t selections) {
  if (pushdown_.removed(name, selections)) return {};
  return labels_.column(name, parsed);
}

RowVerdicts BatchFilter::judge() {
  RowVerdicts verdicts(Verdict::pass);
  for (const auto& [filter, parsed, selections] : pushdown_.filters()) {
    if (verdicts.all(Verdict::drop)) break;
    const ColumnOf column_of = [&, behind = parsed, gone = selections](std::string_view name) {
      return column(name, behind, gone);
    };
    verdicts.and_then(judge_rows(*filter, rows(), column_of));
  }
  return verdicts;
}

Result<std::string_view> line_of(const LogBatch& batch, std::size_t row) {
  if (!batch.lines.empty()) return batch.lines[row];
  if (batch.loader != nullptr) return batch.loader->line(row);
  return Error{ErrorCode::internal, "the store gave neither a line nor a way to it"};
}

}  // namespace sluice::query
