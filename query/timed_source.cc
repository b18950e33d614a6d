#include "query/timed_source.h"

#include "query/stopwatch.h"

namespace sluice::query {

namespace {

class TimedUnits : public LogUnits {
 public:
  TimedUnits(std::unique_ptr<LogUnits> inner, QueryContext& context)
      : inner_(std::move(inner)), context_(context) {}

  Result<void> open(std::size_t unit) override {
    const Stopwatch watch(context_.stats().search_ns);
    return inner_->open(unit);
  }
  Result<const LogBatch*> next() override {
    const Stopwatch watch(context_.stats().read_ns);
    return inner_->next();
  }
  void narrow(TimeRange range) override { inner_->narrow(range); }

 private:
  std::unique_ptr<LogUnits> inner_;
  QueryContext& context_;
};

class TimedScan : public LogScan {
 public:
  TimedScan(std::unique_ptr<LogScan> inner, QueryContext& context)
      : inner_(std::move(inner)), context_(context) {}

  std::size_t units() const override { return inner_->units(); }
  std::unique_ptr<LogUnits> reader() override {
    return std::make_unique<TimedUnits>(inner_->reader(), context_);
  }

 private:
  std::unique_ptr<LogScan> inner_;
  QueryContext& context_;
};

}  // namespace

Result<std::unique_ptr<LogScan>> TimedLogSource::open_scan(const LogSelect& select,
                                                           QueryContext& context) {
  const Stopwatch watch(context.stats().plan_ns);
  SLUICE_TRY(auto found, inner_.scan(select, context));
  return std::unique_ptr<LogScan>(std::make_unique<TimedScan>(std::move(found), context));
}

}  // namespace sluice::query
