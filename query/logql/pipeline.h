// Pipeline: the stages of a log query, compiled to run over lines.
//
//   pipeline.bind(stream_labels);                     // once per batch
//   if (pipeline.run(timestamp, line, metadata)) use(pipeline.line(), pipeline.labels());
//
// What run() leaves behind is valid until the next run(). A pipeline belongs to one thread.
// Line filters at the head do not belong here: split_filters() takes them out for the store.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "query/ast/expr.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

class Pipeline {
 public:
  static Result<Pipeline> compile(std::span<const Stage> stages);

  // Lines get a detected_level before the first stage sees them.
  void detect_levels() { runners_.insert(runners_.begin(), make_level_runner()); }

  void bind(const LabelSet& stream) { state_->labels.bind(stream); }
  bool run(Timestamp timestamp, std::string_view line, const LabelSet* metadata);

  std::string_view line() const { return state_->current.line; }
  LineLabels& labels() { return state_->labels; }
  // No stage at all: every line passes unchanged.
  bool trivial() const { return runners_.empty(); }

 private:
  std::unique_ptr<LineState> state_ = std::make_unique<LineState>();  // stages point to it
  std::vector<StageRunnerPtr> runners_;
};

struct SplitPipeline {
  std::vector<LineFilter> filters;  // see the original line: the store applies them
  LogPipeline rest;
};
// Every line filter before the first stage that changes the line can be moved to the front: parsers
// and label filters between do not alter what it sees.
SplitPipeline split_filters(const LogPipeline& pipeline);

// Whether an expression of either kind names detected_level anywhere; true at times for one that
// has the word elsewhere, in a filter say.
bool mentions_level(const Expr& expr);
bool mentions_level(const LogQuery& query);

// The labels the stages read, by name; nullopt when that cannot be known (templates).
// With `output`, what the caller needs at the end, parsers can skip everything else.
std::optional<std::vector<std::string>> wanted_labels(std::span<const Stage> stages,
                                                      std::vector<std::string> output);

}  // namespace sluice::query::logql
