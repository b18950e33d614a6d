// MemoryTarget: the engine in this process over plain vectors.
#pragma once

#include <memory>

#include "tests/query/memory_source.h"
#include "tests/query/script/runner.h"

namespace sluice::query::script {

class MemoryTarget : public Target {
 public:
  explicit MemoryTarget(test::Push push = test::Push::lines, std::uint32_t seed = 0,
                        EngineOptions options = {})
      : push_(push), seed_(seed), options_(options) {}

  Result<void> clear() override;
  Result<void> load(const std::vector<SeriesSamples>& series) override;
  Result<void> load_logs(const std::vector<StreamEntries>& streams) override;
  Result<QueryResult> eval(const Eval& eval) override;

 private:
  test::Push push_;
  std::uint32_t seed_;
  EngineOptions options_;
  test::MemoryLogSource logs_;
  test::MemorySampleSource samples_;
};

}  // namespace sluice::query::script
