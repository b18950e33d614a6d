#include "daemon/storage/sample_judge.h"

namespace sluice::storage {

void FlightBoard::enter(std::uint32_t epoch) {
  const std::lock_guard lock(mutex_);
  ++flights_[epoch];
}

void FlightBoard::leave(std::uint32_t epoch) {
  const std::lock_guard lock(mutex_);
  const auto it = flights_.find(epoch);
  if (--it->second > 0) return;
  flights_.erase(it);
  changed_.notify_all();
}

void FlightBoard::wait_for(std::uint32_t epoch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return flights_.empty() || flights_.begin()->first > epoch; });
}

void PreparedWrite::accept(HeadSeries& one, const SampleWrite::Series& written,
                           const Sample& sample, const HistogramPtr& histogram) {
  if (series.empty() || series.back() != &one) {
    BatchSeries next{one.number, 0, 0, static_cast<std::uint32_t>(batch.samples.size()), 0};
    if (one.defined != flight.epoch()) {
      next.first_label = written.first_label;
      next.labels = written.labels;
    }
    batch.series.push_back(next);
    series.push_back(&one);
  }
  ++batch.series.back().samples;
  const double value = histogram ? add_histogram(batch.histograms, histogram) : sample.value;
  batch.samples.push_back({sample.timestamp_ms, value});
}

}  // namespace sluice::storage
