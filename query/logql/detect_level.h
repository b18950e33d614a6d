// detected_level: the severity of a log entry, as Grafana's log volume and Logs Drilldown group by
// it. Found when a query asks for it, or by ingest, which keeps it as structured metadata
// (docs/decisions/0011). The rule is Loki's (docs/format/loki-push.md). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/types/labels.h"
#include "query/logql/json_document.h"
#include "query/logql/line_arena.h"

namespace sluice::query::logql {

inline constexpr std::string_view detected_level_label = "detected_level";

// Keeps buffers between lines; one thread.
class LevelDetector {
 public:
  // trace, debug, info, warn, error, critical, fatal, unknown, or what a level label says.
  std::string level(const LabelSet& stream, const LabelSet& metadata, std::string_view line);

 private:
  std::string of_json(std::string_view line);
  std::string of_logfmt(std::string_view line);

  JsonDocument document_;
  LineArena arena_;
};

// Usual spellings as one: "WARNING" is "warn". Others stay as they are.
std::string normalized_level(std::string_view text);
// The earliest word that names a level, "" if none does.
std::string_view level_word(std::string_view line);

}  // namespace sluice::query::logql
