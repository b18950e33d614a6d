#include "query/timed_source.h"

namespace sluice::query {

namespace {

// Adds the time it lives to a counter of nanoseconds.
class Stopwatch {
 public:
  explicit Stopwatch(std::atomic<std::uint64_t>& total) : total_(total) {}
  ~Stopwatch() {
    total_ += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - began_).count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::atomic<std::uint64_t>& total_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

class TimedCursor : public LogCursor {
 public:
  TimedCursor(std::unique_ptr<LogCursor> inner, QueryContext& context)
      : inner_(std::move(inner)), context_(context) {}

  Result<const LogBatch*> next() override {
    const Stopwatch watch(context_.stats().read_ns);
    return inner_->next();
  }
  void narrow(TimeRange range) override { inner_->narrow(range); }

 private:
  std::unique_ptr<LogCursor> inner_;
  QueryContext& context_;
};

}  // namespace

Result<std::unique_ptr<LogCursor>> TimedLogSource::select(const LogSelect& select,
                                                          QueryContext& context) {
  const Stopwatch watch(context.stats().plan_ns);
  SLUICE_TRY(auto cursor, inner_.select(select, context));
  return std::unique_ptr<LogCursor>(std::make_unique<TimedCursor>(std::move(cursor), context));
}

}  // namespace sluice::query
