// Shared pieces of our JSON: label sets as objects, times as the format pages say.
#pragma once

#include <optional>

#include "base/codec/json_writer.h"
#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::alerting {

inline void write_labels(JsonWriter& w, const LabelSet& labels) {
  w.begin_object();
  for (const auto& [name, value] : labels) w.key(name).string(value);
  w.end_object();
}

// ns since the epoch, or null.
inline void write_ns(JsonWriter& w, std::optional<Timestamp> t) {
  if (t) {
    w.number(unix_ns(*t));
  } else {
    w.null();
  }
}

// RFC 3339, or null.
inline void write_time(JsonWriter& w, std::optional<Timestamp> t) {
  if (t) {
    w.string(format_rfc3339(*t));
  } else {
    w.null();
  }
}

inline double seconds_of(Duration d) {
  return static_cast<double>(d.count()) / 1e9;
}

}  // namespace sluice::alerting
