#include "agent/tail/lifecycle.h"

namespace sluice::agent {

Sighting classify(const SourceRecord& record, const Look& look) {
  if (!look.exists) return Sighting::missing;
  if (!same_file(record.print.id, look.id)) return Sighting::other_file;
  if (look.size < record.acked || !look.content_ok) return Sighting::truncated;
  return Sighting::same;
}

Fate decide(Sighting sighting, std::uint64_t unread, bool still_readable) {
  if (sighting == Sighting::same) return {Phase::live, false};
  const bool path_holds_new = sighting != Sighting::missing;
  if (still_readable) return {Phase::draining, path_holds_new};
  return {unread > 0 ? Phase::lost : Phase::done, path_holds_new};
}

}  // namespace sluice::agent
