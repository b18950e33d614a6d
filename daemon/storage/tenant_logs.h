// TenantLogs: the log state of one tenant: pushed batches not yet sealed, and the list of parts.
//
// A view taken under the lock holds both and a database snapshot, so a reader sees every
// acknowledged entry once whatever is sealed, merged or dropped meanwhile:
// - a seal commits the part, then swaps head batches for it here;
// - a merge writes the new rows, swaps old parts for the new one here, then removes the old rows:
//   views before the swap have a snapshot in which the old rows still are;
// - retention takes parts off the list first, then removes them.
// Safe from any thread; no disk is touched under the lock.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/head_batch.h"
#include "daemon/storage/part_builder.h"
#include "daemon/storage/tombstones.h"

namespace sluice::storage {

using HeadBatchPtr = std::shared_ptr<const HeadBatch>;
using PartList = std::vector<PartPtr>;

struct LogView {
  std::vector<HeadBatchPtr> head;
  std::shared_ptr<const PartList> parts;
  std::unique_ptr<Snapshot> snapshot;
  TombstonesPtr tombstones;  // set by who has them; null: none
};

class TenantLogs {
 public:
  explicit TenantLogs(TenantId tenant) : tenant_(std::move(tenant)) {}
  const TenantId& tenant() const { return tenant_; }

  SharedLabels intern(LabelSet labels);
  // Takes out the streams that are new and would be more than `max`. Pushes under way at the same
  // time may together go past it.
  std::vector<PushOutcome::Refused> take_excess(std::vector<PushStream>& streams, std::size_t max);

  void add(HeadBatchPtr batch);
  void add(PartPtr part);
  LogView view(const Database& database) const;
  std::shared_ptr<const PartList> parts() const;
  std::optional<Timestamp> newest() const;

  struct HeadState {
    std::size_t bytes = 0;
    Timestamp oldest = Timestamp::max();  // when its oldest batch was received
  };
  HeadState head_state() const;
  // The oldest batches, together about `bytes`, at least one if there is any.
  std::vector<HeadBatchPtr> head_front(std::size_t bytes) const;
  // The first `batches` of the head are in `parts` now.
  void sealed(std::size_t batches, const std::vector<PartPtr>& parts);
  // Takes batches off the head that are not to be there; returns their bytes.
  std::size_t forget(const std::function<bool(const HeadBatch&)>& unwanted);
  // False, and nothing changes, if one of `old` is gone. `merged` may be null: nothing is left.
  bool replace(const std::vector<PartPtr>& old, const PartPtr& merged);
  // Undoes a replace().
  void restore(const PartPtr& merged, const std::vector<PartPtr>& old);
  // Takes off and returns the parts of days before `day`, of `day`.
  std::vector<PartPtr> drop_before(Day day);
  std::vector<PartPtr> drop_day(Day day);

 private:
  template <class Wanted>
  std::vector<PartPtr> drop_if(const Wanted& wanted);
  void forget_unused_labels();
  bool interned(const LabelSet& labels) const;  // the caller holds intern_mutex_

  const TenantId tenant_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::vector<HeadBatchPtr> head_;
  std::size_t head_bytes_ = 0;
  std::shared_ptr<const PartList> parts_ = std::make_shared<const PartList>();
  std::optional<Timestamp> newest_;

  std::mutex intern_mutex_;
  std::unordered_multimap<std::uint64_t, std::weak_ptr<const LabelSet>> interned_;
};

}  // namespace sluice::storage
