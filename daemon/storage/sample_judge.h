// PreparedWrite: a write of samples that is judged, but not yet durable. InFlight: as long as it
// lives, a seal waits for it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/types/ids.h"
#include "base/types/time.h"
#include "daemon/storage/sample_batch.h"
#include "daemon/storage/samples/series_index.h"

namespace sluice::storage {

// Counts the writes of each epoch between their judgement and their place in the head. Safe from
// any thread.
class FlightBoard {
 public:
  void enter(std::uint32_t epoch);
  void leave(std::uint32_t epoch);
  // Until there is none of that epoch or of those before.
  void wait_for(std::uint32_t epoch);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint32_t, std::size_t> flights_;  // protected by mutex_
};

class InFlight {
 public:
  InFlight() = default;
  // The epoch was entered.
  InFlight(FlightBoard& board, std::uint32_t epoch) : board_(&board), epoch_(epoch) {}
  InFlight(InFlight&& other) noexcept
      : board_(std::exchange(other.board_, nullptr)), epoch_(other.epoch_) {}
  InFlight& operator=(InFlight&& other) noexcept {
    std::swap(board_, other.board_);
    std::swap(epoch_, other.epoch_);
    return *this;
  }
  ~InFlight() {
    if (board_) board_->leave(epoch_);
  }
  std::uint32_t epoch() const { return epoch_; }

 private:
  FlightBoard* board_ = nullptr;
  std::uint32_t epoch_ = 0;
};

struct PreparedWrite {
  InFlight flight;
  SampleBatch batch;                // what is new; its labels lie in the write
  std::vector<HeadSeries*> series;  // parallel to batch.series
  std::size_t equal = 0;            // stored already with this value
  std::size_t conflicts = 0;        // stored already with another
  std::size_t refused = 0;          // of series that are one too many
  std::size_t refused_series = 0;
  std::optional<std::int64_t> newest_ms;  // of all that was offered

  // May be stored in parts, so the caller must look there. Sorted by series and time.
  struct Suspect {
    HeadSeries* series;
    std::uint32_t written;  // in the write's list of series
    Sample sample;
    HistogramPtr histogram;
  };
  std::vector<Suspect> suspects;

  void refuse(const SampleWrite::Series& written) {
    ++refused_series;
    refused += written.samples;
  }
  void repeated(bool same) { ++(same ? equal : conflicts); }
  // Samples of one series come one after another.
  void accept(HeadSeries& one, const SampleWrite::Series& written, const Sample& sample,
              const HistogramPtr& histogram);
};

}  // namespace sluice::storage
