// TailQuery: one distinct query that somebody tails, evaluated once however many listen to it.
//
// The committing thread offers what was pushed (cheap: matchers and line filters, then a copy); the
// hub's thread runs the pipeline over it. The queue between the two is bounded: past it entries are
// dropped and reported to the listeners.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "query/ast/expr.h"
#include "query/logql/pipeline.h"
#include "query/value.h"

namespace sluice::api::loki {

// An entry a listener did not get.
struct DroppedEntry {
  LabelSet labels;
  Timestamp timestamp{};
};
// Reporting more than this per frame helps nobody.
inline constexpr std::size_t max_reported_drops = 1000;

class TailQuery {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `levels`: lines get a detected_level where the query names it.
  // `delay`: how long entries wait, so that late ones still come in order.
  static Result<TailQuery> make(TenantId tenant, const query::LogQuery& query, Duration delay,
                                bool levels = false);

  // Committing thread, under the hub's lock.
  void offer(const TenantId& tenant, const std::vector<PushStream>& streams, SteadyTime now);
  std::optional<SteadyTime> next_due() const;

  // How many pushes were taken so far; they are numbered from 1.
  std::uint64_t offers() const { return offers_; }

  struct Due {
    std::uint64_t first_offer = 0;  // of the pushes in it
    std::vector<StreamEntries> streams;
    std::vector<DroppedEntry> dropped;
  };
  // What waited long enough. Hub's thread, under the hub's lock.
  Due take(SteadyTime now);
  // Hub's thread, without the lock.
  query::Streams evaluate(const std::vector<StreamEntries>& streams);

 private:
  TailQuery(TenantId tenant, std::vector<query::LabelMatcher> matchers,
            std::vector<query::LineFilter> filters, query::logql::Pipeline pipeline, Duration delay)
      : tenant_(std::move(tenant)),
        matchers_(std::move(matchers)),
        filters_(std::move(filters)),
        pipeline_(std::move(pipeline)),
        delay_(delay) {}

  struct Waiting {
    SteadyTime due;
    std::uint64_t offer = 0;
    StreamEntries entries;
    std::size_t bytes = 0;
  };
  bool wants(std::string_view line) const;
  void enqueue(Waiting waiting);

  TenantId tenant_;
  std::vector<query::LabelMatcher> matchers_;
  std::vector<query::LineFilter> filters_;
  query::logql::Pipeline pipeline_;
  Duration delay_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t offers_ = 0;
  std::vector<DroppedEntry> dropped_;
};

}  // namespace sluice::api::loki
