// | regexp "(?P<method>\\w+) (?P<path>\\S+)": a line that does not match stays as it is.

#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

class RegexpRunner : public StageRunner {
 public:
  explicit RegexpRunner(std::shared_ptr<const Regex> regex) : regex_(std::move(regex)) {}

  bool process(LineState& state) override {
    if (!regex_->capture(state.current.line, groups_)) return true;
    const auto& names = regex_->group_names();
    for (std::size_t i = 1; i < names.size(); ++i)
      if (!names[i].empty()) state.labels.add_parsed(names[i], groups_[i]);
    return true;
  }

 private:
  std::shared_ptr<const Regex> regex_;
  std::vector<std::string_view> groups_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const RegexpStage& stage, LineState&) {
  return StageRunnerPtr(std::make_unique<RegexpRunner>(stage.regex));
}

}  // namespace sluice::query::logql
