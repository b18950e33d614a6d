// SlicedLogs: a log query run slice by slice (LogSlices), so that its lines can be sent while it
// goes on. What comes is what Engine::logs gives for the whole range, in the same order.
//
// Used by one thread at a time; all arguments must outlive it.
#pragma once

#include <functional>

#include "query/engine/engine.h"
#include "query/engine/log_slices.h"

namespace sluice::query {

class SlicedLogs {
 public:
  using Thin = std::function<Streams(Streams streams)>;

  SlicedLogs(const Engine& engine, const Expr& expr, TenantId tenant, const LogLimits& limits,
             QueryContext& context)
      : engine_(engine),
        expr_(expr),
        tenant_(std::move(tenant)),
        limits_(limits),
        left_(limits.limit),
        slices_(limits.range, limits.direction),
        context_(context) {}

  // Before the first next(): the lines go through `thin`, which gives those that are wanted. If
  // that takes more than `read` of all slices together, the query ends there, with a warning.
  void thin(std::size_t read, Thin keep_wanted) {
    read_ = unread_ = read;
    thin_ = std::move(keep_wanted);
  }

  // Memory of all slices counts, not only of the last: the caller keeps them.
  void keep() { keep_ = true; }

  // The lines of the next slice that has any; nothing at the end, which the limit, the last slice
  // or the memory budget (with a warning in the context) sets. The memory of a slice counts until
  // the next one is asked for.
  Result<std::optional<Streams>> next();

 private:
  Result<Streams> read_slice(TimeRange slice);
  void warn_of_cut();
  Result<void> release();

  const Engine& engine_;
  const Expr& expr_;
  const TenantId tenant_;
  const LogLimits limits_;
  std::size_t left_;        // of the limit
  std::size_t read_ = 0;    // for thinning, at most
  std::size_t unread_ = 0;  // of these
  bool cut_ = false;        // there were more
  Thin thin_;
  bool keep_ = false;
  LogSlices slices_;
  QueryContext& context_;
  std::int64_t held_ = 0;  // what the slice given last holds
};

std::size_t entries_in(const Streams& streams);

// The lines of all slices. Streams of different slices may have the same labels.
Result<Streams> all_slices(SlicedLogs& logs);

}  // namespace sluice::query
