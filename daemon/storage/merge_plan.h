// MergePlan: which days of which tenants have chunks worth merging. Pure bookkeeping; safe from any
// thread.
//
// A day is due once it is over and late samples have had their time, and before that when its
// series have many small chunks. After a restart a day counts as unmerged until its mark says
// otherwise.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "base/types/ids.h"
#include "daemon/storage/keys.h"

namespace sluice::storage {

class MergePlan {
 public:
  struct TenantDay {
    TenantId tenant;
    Day day = 0;
  };

  // A series has chunks on that day; called at start, for each of them.
  void seen(const TenantId& tenant, Day day);
  void sealed(const TenantId& tenant, Day day, std::size_t chunks);
  // `left`: the chunks it has now.
  void merged(const TenantId& tenant, Day day, std::size_t left);
  void dropped_before(Day day);
  void dropped_before(const TenantId& tenant, Day day);

  // The next day to merge; `now_ms` decides which days are over.
  std::optional<TenantDay> due(std::int64_t now_ms) const;

 private:
  struct State {
    std::size_t chunks = 0;  // added since the last merge
    std::size_t most = 0;    // by one seal: about one a series
    std::size_t left = 0;    // by the last merge; 0: never merged
  };
  mutable std::mutex mutex_;
  std::map<std::pair<Day, TenantId>, State> days_;  // protected by mutex_
};

}  // namespace sluice::storage
