// StageRunner: one stage of a LogQL pipeline, ready to run. One file per stage, stage_<name>.cc.
//
// A runner belongs to one pipeline and so to one thread; it may keep buffers between lines.
#pragma once

#include <memory>
#include <string_view>

#include "base/types/time.h"
#include "query/ast/log_pipeline.h"
#include "query/logql/line_labels.h"
#include "query/logql/line_template.h"

namespace sluice::query::logql {

// What the stages work on: the line as it is now, and its labels.
struct LineState {
  LineArena arena;
  LineLabels labels{arena};
  TemplateLine current;  // text and timestamp
};

class StageRunner {
 public:
  virtual ~StageRunner() = default;
  // False: the line is dropped.
  virtual bool process(LineState& state) = 0;
};
using StageRunnerPtr = std::unique_ptr<StageRunner>;

// `state` is the one process() will be given; templates hold on to it.
Result<StageRunnerPtr> make_runner(const LineFilter& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const PatternFilter& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const AddressFilter& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const JsonStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const LogfmtStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const RegexpStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const PatternStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const UnpackStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const LabelFilterStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const LineFormatStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const LabelFormatStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const DecolorizeStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const DropStage& stage, LineState& state);
Result<StageRunnerPtr> make_runner(const KeepStage& stage, LineState& state);
// Gives lines a detected_level that have none; runs before all stages.
StageRunnerPtr make_level_runner();

}  // namespace sluice::query::logql
