#include "query/source.h"

namespace sluice::query {

namespace {

// The units of a scan, one after another.
class ScanCursor : public LogCursor {
 public:
  explicit ScanCursor(std::unique_ptr<LogScan> scan)
      : scan_(std::move(scan)), units_(scan_->reader()) {}

  Result<const LogBatch*> next() override {
    for (;;) {
      if (opened_) {
        SLUICE_TRY(const LogBatch* const batch, units_->next());
        if (batch != nullptr) return batch;
      }
      opened_ = next_ < scan_->units();
      if (!opened_) return static_cast<const LogBatch*>(nullptr);
      SLUICE_CHECK(units_->open(next_++));
    }
  }
  void narrow(TimeRange range) override { units_->narrow(range); }

 private:
  const std::unique_ptr<LogScan> scan_;
  const std::unique_ptr<LogUnits> units_;
  std::size_t next_ = 0;
  bool opened_ = false;
};

}  // namespace

Result<std::unique_ptr<LogCursor>> LogSource::select(const LogSelect& select,
                                                     QueryContext& context) {
  SLUICE_TRY(auto found, scan(select, context));
  return std::unique_ptr<LogCursor>(std::make_unique<ScanCursor>(std::move(found)));
}

}  // namespace sluice::query
