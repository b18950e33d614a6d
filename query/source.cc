#include "query/source.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace sluice::query {

namespace {

class NoUnits : public LogUnits {
 public:
  Result<void> open(std::size_t) override { return {}; }
  Result<const LogBatch*> next() override { return nullptr; }
  void narrow(TimeRange) override {}
};

class NoLogs : public LogScan {
 public:
  std::size_t units() const override { return 0; }
  std::unique_ptr<LogUnits> reader() override { return std::make_unique<NoUnits>(); }
};

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

// Intervals are open on the left: the first whole one begins right after a multiple of `interval`.
Timestamp first_whole(Timestamp t, Duration interval) {
  const auto into = (t - Duration{1}).time_since_epoch() % interval;
  if (into == Duration{0}) return t;
  return t + (into > Duration{0} ? interval - into : -into);
}

// Without what is before `oldest`. Intervals must begin there as well, and stores count by the
// minute at best: they become shorter rather than that much more is hidden.
LogSelect visible(LogSelect select, Timestamp oldest) {
  Duration& interval = select.projection.coalesce;
  if (interval > Duration{0}) {
    interval = Duration{std::gcd(interval.count(), Duration{std::chrono::minutes{1}}.count())};
    oldest = first_whole(oldest, interval);
  }
  if (auto& same = select.projection.same_until)
    same = [known = std::move(same), oldest](Timestamp t) {
      const Timestamp until = known(t);
      return t < oldest ? std::min(until, oldest - Duration{1}) : until;
    };
  select.range.start = std::max(select.range.start, oldest);
  return select;
}

}  // namespace

std::unique_ptr<LogScan> no_logs() {
  return std::make_unique<NoLogs>();
}

Result<std::unique_ptr<LogScan>> LogSource::scan(const LogSelect& select, QueryContext& context) {
  if (select.range.start >= context.oldest()) return open_scan(select, context);
  const LogSelect seen = visible(select, context.oldest());
  if (seen.range.start >= seen.range.end) return no_logs();
  return open_scan(seen, context);
}

Result<std::unique_ptr<LogCursor>> LogSource::select(const LogSelect& select,
                                                     QueryContext& context) {
  SLUICE_TRY(auto found, scan(select, context));
  return std::unique_ptr<LogCursor>(std::make_unique<ScanCursor>(std::move(found)));
}

Result<std::vector<std::string>> SampleSource::label_names(const SampleSelect& select,
                                                           QueryContext& context) {
  SLUICE_TRY(const auto found, series(select, context));
  std::set<std::string> names;
  for (const LabelSet& labels : found)
    for (const Label& label : labels)
      if (!label.value.empty()) names.insert(label.name);
  return std::vector<std::string>(names.begin(), names.end());
}

Result<std::vector<std::string>> SampleSource::label_values(const SampleSelect& select,
                                                            const std::string& name,
                                                            QueryContext& context) {
  SLUICE_TRY(const auto found, series(select, context));
  std::set<std::string> values;
  for (const LabelSet& labels : found)
    if (const auto value = labels.get(name); !value.empty()) values.emplace(value);
  return std::vector<std::string>(values.begin(), values.end());
}

}  // namespace sluice::query
