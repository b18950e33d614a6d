// What becomes of a file generation when its file is looked at: decisions, pure.
//
//   sighting     bytes unread, and where          generation    path
//   same         -                                live          -
//   truncated    a copy holds the old content     draining      new generation
//                none / yes, no copy              done / lost   new generation
//   other_file   the old file is still readable   draining      new generation
//                none / yes, not readable         done / lost   new generation
//   missing      the old file is still readable   draining      -
//                none / yes, not readable         done / lost   -
//
// "Still readable": its descriptor is open, or the inode was found under another name. It is kept
// as draining even if nothing is known to be unread, because the writer may still append to it.
#pragma once

#include <cstdint>

#include "agent/tail/source_record.h"

namespace sluice::agent {

struct Look {
  bool exists = false;
  FileId id;
  std::uint64_t size = 0;
  bool content_ok = true;  // head and anchor match; only meaningful for the same file
};

enum class Sighting { same, truncated, other_file, missing };
Sighting classify(const SourceRecord& record, const Look& look);

struct Fate {
  Phase phase = Phase::live;
  bool new_generation = false;
  friend bool operator==(const Fate&, const Fate&) = default;
};
Fate decide(Sighting sighting, std::uint64_t unread, bool still_readable);

}  // namespace sluice::agent
