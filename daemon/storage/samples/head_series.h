// HeadSeries: a series in memory and its samples that are not sealed yet, compressed.
//
// Chunks hold what came in order, at most 120 samples each, so that a query of the last minutes
// decodes little. Late samples wait beside them in a small sorted list and are worked in when there
// are many, and when the series is frozen. Frozen samples are those a seal writes: they stay
// readable until it is done, then they are dropped. Thread-compatible; in the store it is protected
// by the mutex of its tenant.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/storage/samples/head_chunk.h"
#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/sample_run.h"
#include "daemon/storage/samples/symbols.h"

namespace sluice::storage {

struct LabelSymbols {
  const Symbol* name;
  const Symbol* value;
};

class HeadSeries {
 public:
  KeyHash hash;
  std::uint32_t slot = 0;                 // in the SeriesIndex
  std::uint64_t number = 0;               // by which batches name it; never given again
  std::int64_t sealed_until = INT64_MIN;  // no sealed sample is later
  std::uint32_t defined = 0;         // the epoch of the last durable batch that told its labels
  std::uint32_t touched = 0;         // the epoch of the last write
  std::vector<LabelSymbols> labels;  // in order of names; owned by the index

  std::string key() const;
  const Symbol* value_of(const Symbol* name) const;  // null: it has no such label

  bool empty() const { return open_.empty() && chunks_.empty() && !rest_; }
  std::size_t bytes() const;  // of samples, beside the object itself
  // Of those in the head; INT64_MIN if there are none.
  std::int64_t newest_ms() const;

  // False, and no change, if there is a sample of that time. `histogram` if the value names one.
  bool insert(const Sample& sample, const HistogramPtr& histogram);
  struct Stored {
    Sample sample;
    HistogramPtr histogram;
  };
  std::optional<Stored> at(std::int64_t timestamp_ms) const;
  // Within [start, end].
  SampleRun read(std::int64_t start_ms, std::int64_t end_ms) const;
  bool any(std::int64_t start_ms, std::int64_t end_ms) const;

  // Everything that is there now.
  void freeze();
  bool frozen() const { return frozen_ > 0; }
  SampleRun frozen_run() const;
  std::int64_t frozen_until() const { return chunks_[frozen_ - 1].last_ms(); }
  // Returns how many samples left.
  std::size_t drop_frozen();

 private:
  struct Rest {
    std::vector<Sample> late;  // ascending
    std::map<std::int64_t, HistogramPtr> histograms;
  };
  void append(const Sample& sample);
  void close();
  void keep_histogram(const Sample& sample, const HistogramPtr& histogram);
  void work_in_late();
  void trim_rest();
  HistogramPtr histogram_at(const Sample& sample) const;
  std::optional<Sample> find(std::int64_t timestamp_ms) const;
  void read_chunks(std::int64_t start_ms, std::int64_t end_ms, std::vector<Sample>& out) const;
  SampleRun run_of(const std::vector<Sample>& samples) const;

  HeadChunk open_;
  std::uint32_t frozen_ = 0;       // of chunks_, from the front
  std::vector<HeadChunk> chunks_;  // full, before open_
  std::unique_ptr<Rest> rest_;     // null while it would be empty
};

}  // namespace sluice::storage
