// Runs a script against a Target and says what differed.
#pragma once

#include <string>
#include <vector>

#include "query/engine/engine.h"
#include "query/engine/histogram_read.h"
#include "tests/query/script/script.h"

namespace sluice::query::script {

// A histogram as an answer shows it, which says nothing of its schema.
struct ShownHistogram {
  double count = 0;
  double sum = 0;
  std::vector<HistogramBar> bars;
};

// What a script is run against. Implementations: MemoryTarget, and one over HTTP in tests/e2e.
class Target {
 public:
  virtual ~Target() = default;
  virtual Result<void> clear() = 0;
  virtual Result<void> load(const std::vector<SeriesSamples>& series) = 0;
  virtual Result<void> load_logs(const std::vector<StreamEntries>& streams) = 0;
  // Parse errors and errors of evaluation alike come back as Error.
  virtual Result<QueryResult> eval(const Eval& eval) = 0;
  // What is known of a histogram of the last result, where that is less than all of it; else null.
  virtual const ShownHistogram* shown(const NativeHistogram*) const { return nullptr; }
};

struct Failure {
  std::size_t line = 0;
  std::string message;
};

// Every eval is run even after one failed. Also counts them.
struct Outcome {
  std::size_t evals = 0;
  std::vector<Failure> failures;
};
Outcome run_script(const std::vector<Command>& commands, Target& target);

// compare.cc: empty if the result is as expected, else what differs.
std::string compare(const Eval& eval, const Result<QueryResult>& result, const Target& target);

}  // namespace sluice::query::script
