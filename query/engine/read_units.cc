#include "query/engine/read_units.h"

#include <algorithm>
#include <mutex>

#include "query/engine/unit_queue.h"
#include "query/engine/worker_team.h"
#include "query/stopwatch.h"

namespace sluice::query {

namespace {

// How far threads may run ahead of the slowest, in units per thread.
constexpr std::size_t units_ahead = 8;

class UnitReading {
 public:
  UnitReading(LogScan& scan, const MakeTaker& make, QueryContext& context, std::size_t workers)
      : scan_(scan), make_(make), context_(context), queue_(scan.units(), workers * units_ahead) {}

  // One thread's part.
  void work() {
    auto unit = queue_.claim();
    if (!unit) return;
    UnitTaker* taker = nullptr;
    const auto units = scan_.reader();
    while (unit) {
      auto done = read(taker, *units, *unit);
      if (done)
        queue_.finish(*unit);
      else
        queue_.fail(*unit, std::move(done).error());
      unit = queue_.claim();
    }
  }

  Result<void> result(UnitTakers& takers) {
    context_.stats().workers = std::max<std::uint64_t>(context_.stats().workers, takers_.size());
    takers = std::move(takers_);
    return queue_.outcome();
  }

 private:
  Result<UnitTaker*> make_taker() {
    const std::lock_guard lock(mutex_);
    SLUICE_TRY(auto made, make_());
    takers_.push_back(std::move(made));
    return takers_.back().get();
  }

  Result<void> read(UnitTaker*& taker, LogUnits& units, std::size_t unit) {
    if (taker == nullptr) {
      SLUICE_TRY(taker, make_taker());
    }
    SLUICE_CHECK(taker->start(unit));
    SLUICE_CHECK(units.open(unit));
    for (;;) {
      SLUICE_CHECK(context_.check());
      if (queue_.given_up(unit)) return {};
      SLUICE_TRY(const LogBatch* const batch, units.next());
      const Stopwatch watch(context_.stats().evaluate_ns);
      if (batch == nullptr) return taker->finish(unit);
      SLUICE_CHECK(taker->take(*batch));
      if (const auto range = taker->open_range()) units.narrow(*range);
    }
  }

  LogScan& scan_;
  const MakeTaker& make_;
  QueryContext& context_;
  UnitQueue queue_;
  std::mutex mutex_;
  UnitTakers takers_;  // protected by mutex_
};

}  // namespace

Result<void> read_units(LogScan& scan, const MakeTaker& make, QueryContext& context,
                        UnitTakers& takers) {
  const QueryLimits& limits = context.limits();
  const std::size_t workers =
      limits.helpers == nullptr ? 1 : std::min(limits.max_workers, scan.units());
  UnitReading reading(scan, make, context, std::max<std::size_t>(workers, 1));
  run_team(limits.helpers, workers, [&] { reading.work(); });
  return reading.result(takers);
}

}  // namespace sluice::query
