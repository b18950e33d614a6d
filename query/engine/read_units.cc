#include "query/engine/read_units.h"

#include <algorithm>
#include <mutex>

#include "base/runtime/io_runtime.h"
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

  // What a thread reads with. Must not outlive this.
  struct Thread {
    UnitTaker* taker = nullptr;
    std::unique_ptr<LogUnits> units;
  };
  // Reads one unit; false: there is nothing to do any more.
  bool read_one(Thread& thread) {
    const auto unit = queue_.claim();
    if (!unit) return false;
    if (!thread.units) thread.units = scan_.reader();
    auto done = read(thread.taker, *thread.units, *unit);
    if (done)
      queue_.finish(*unit);
    else
      queue_.fail(*unit, std::move(done).error());
    return true;
  }
  void read_all(Thread& thread) {
    while (read_one(thread)) {
    }
  }

  // The same for a thread of the pool: it leaves when somebody waits for one.
  void help(Thread& thread, const ThreadPool& pool) {
    while (read_one(thread) && pool.queued() == 0) {
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
  const std::size_t workers = std::clamp<std::size_t>(limits.max_workers, 1, scan.units() + 1);
  UnitReading reading(scan, make, context, workers);
  UnitReading::Thread own;
  // Often the first unit is enough, so nobody is woken for the others before it has been read.
  if (reading.read_one(own))
    run_team(
        limits.helpers, scan.units() > 1 ? workers - 1 : 0, [&] { reading.read_all(own); },
        [&] {
          UnitReading::Thread thread;
          reading.help(thread, *limits.helpers);
        });
  own.units.reset();  // what it read last is counted
  return reading.result(takers);
}

}  // namespace sluice::query
