// | logfmt [--strict] [--keep-empty] [label="key", ...]

#include "query/logql/logfmt.h"
#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

class LogfmtRunner : public StageRunner {
 public:
  explicit LogfmtRunner(LogfmtStage stage) : stage_(std::move(stage)) {}

  bool process(LineState& state) override {
    LogfmtReader reader(state.current.line, state.arena);
    LogfmtPair pair;
    found_.assign(stage_.extractions.size(), {});
    for (auto status = reader.next(pair); status != LogfmtReader::Status::end;
         status = reader.next(pair)) {
      if (status == LogfmtReader::Status::pair) {
        take(pair, state);
      } else if (stage_.strict) {
        state.labels.set_error("LogfmtParserErr", "bad key=value pair before byte " +
                                                      std::to_string(reader.position()));
        break;
      }
    }
    for (std::size_t i = 0; i < found_.size(); ++i)
      state.labels.add_parsed(stage_.extractions[i].label, found_[i]);
    return true;
  }

 private:
  void take(const LogfmtPair& pair, LineState& state) {
    if (pair.value.empty() && !stage_.keep_empty) return;
    if (stage_.extractions.empty()) {
      state.labels.add_parsed(label_name(pair.key, state), pair.value);
      return;
    }
    for (std::size_t i = 0; i < found_.size(); ++i)
      if (stage_.extractions[i].path == pair.key && found_[i].empty()) found_[i] = pair.value;
  }

  std::string_view label_name(std::string_view key, LineState& state) {
    if (valid_label_name(key)) return key;
    name_.clear();
    append_label_name(name_, key);
    return state.arena.copy(name_);
  }

  LogfmtStage stage_;
  std::vector<std::string_view> found_;  // parallel to the extractions
  std::string name_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const LogfmtStage& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<LogfmtRunner>(stage));
}

}  // namespace sluice::query::logql
