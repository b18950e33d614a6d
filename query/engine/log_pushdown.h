// LogPushdown: how much of a log pipeline can be answered from columns instead of lines.
//
// Three kinds of pipelines:
// - labels only: no stage looks at the line, so the outcome depends on the Stream and the entry's
//   metadata, and is the same for all entries that share them;
// - parsed: one `| json` or `| logfmt`, label filters around it, `drop` and `keep` of names after
//   it. The filters are judged on field columns. If also the result needs named labels only
//   (`complete`), no line is looked at but those of rows whose columns do not tell;
// - others: lines run through the stages. A parser and filters at the front still are judged on
//   columns first, so that only the lines of rows they leave are looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/ast/expr.h"
#include "query/source.h"

namespace sluice::query {

// What becomes of the lines that pass.
struct LogOutput {
  // The labels of the result; nullopt: all that a line has.
  std::optional<std::vector<std::string>> labels = {};
  std::vector<std::string> left_out = {};  // of all, by `without`
  const Unwrap* unwrap = nullptr;
  bool line = false;    // the text of the line is part of the result
  bool bytes = false;   // its length is
  bool levels = false;  // lines get a detected_level first: each is looked at, with its metadata
};
LogOutput output_of(const LogRangeAggregation& aggregation, bool bytes, bool absent);

class LogPushdown {
 public:
  // `stages`: without the line filters that the store applies. The trees must outlive the plan.
  LogPushdown(const LogPipeline& stages, const LogOutput& output);

  bool labels_only() const { return labels_only_; }
  bool parsed() const { return projection_.parser != LogProjection::Parser::none; }
  bool complete() const { return complete_; }

  // If complete: the labels of the result. They are named by the grouping or by the last `keep`.
  const std::vector<std::string>& labels() const { return labels_; }

  // Label filters to be judged on columns, in order.
  struct Filter {
    LabelFilterPtr filter;
    bool parsed = false;         // fields count: it stands behind the parser
    std::size_t selections = 0;  // of drop and keep before it
  };
  const std::vector<Filter>& filters() const { return filters_; }
  // Whether a label is gone after the first `selections` of drop and keep.
  bool removed(std::string_view name, std::size_t selections) const;
  std::size_t selections() const { return selections_.size(); }

  // The labels that the stages and the output look at; nullopt: any. A parser may leave out others.
  const std::optional<std::vector<std::string>>& wanted() const { return wanted_; }
  const LogProjection& projection() const { return projection_; }
  // Entries matter by interval only: see LogProjection::coalesce.
  void coalesce(Duration interval) { projection_.coalesce = interval; }
  // See LogProjection::to_the_end.
  void read_to_the_end() { projection_.to_the_end = true; }
  // See LogProjection::same_until.
  void times_mean(LogProjection::SameUntil same) { projection_.same_until = std::move(same); }

 private:
  struct Selection {
    bool keep = false;
    std::vector<std::string> names;
  };
  bool take(const Stage& stage);
  bool take_parser(LogProjection::Parser parser);
  bool take_selection(bool keep, const std::vector<LabelSelection>& labels);
  bool take_output(const LogOutput& output);
  // Adds what the field is looked at for; false: the name may not be asked for.
  bool add_field(const std::string& name, bool number, std::size_t selections);
  bool add_fields(const LabelFilterExpr& filter, std::size_t selections);
  void choose_lines(const LogOutput& output);

  bool labels_only_ = false;
  bool complete_ = false;
  std::optional<std::vector<std::string>> wanted_;
  LogProjection projection_;
  std::vector<std::string> labels_;
  std::vector<Filter> filters_;
  std::vector<Selection> selections_;
};

// The conditions on single fields that follow from the filters (log_conditions.cc).
std::vector<FieldCondition> conditions_of(const LogPushdown& pushdown);

}  // namespace sluice::query
