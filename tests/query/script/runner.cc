#include "tests/query/script/runner.h"

namespace sluice::query::script {

namespace {

class Runner {
 public:
  explicit Runner(Target& target) : target_(target) {}

  Outcome run(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      line_ = command.line;
      std::visit([&](const auto& what) { run(what); }, command.what);
    }
    return std::move(outcome_);
  }

 private:
  void fail(std::string message) { outcome_.failures.push_back({line_, std::move(message)}); }
  void must(const Result<void>& done) {
    if (!done) fail(done.error().message);
  }
  void run(const Clear&) { must(target_.clear()); }
  void run(const Load& load) { must(target_.load(load.series)); }
  void run(const LoadLogs& load) { must(target_.load_logs(load.streams)); }
  void run(const Eval& eval) {
    ++outcome_.evals;
    std::string difference = compare(eval, target_.eval(eval), target_);
    if (!difference.empty()) fail(eval.expr + "\n" + difference);
  }

  Target& target_;
  std::size_t line_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome run_script(const std::vector<Command>& commands, Target& target) {
  return Runner(target).run(commands);
}

}  // namespace sluice::query::script
