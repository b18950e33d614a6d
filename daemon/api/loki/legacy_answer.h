// Log lines as Loki sent them before 1.0: labels as text, times in RFC 3339.
//   {"labels":"{app=\"web\"}","entries":[{"ts":"2026-01-02T03:04:05.5Z","line":"..."}]}
#pragma once

#include <string>

#include "base/codec/json_writer.h"
#include "query/source.h"
#include "query/value.h"

namespace sluice::api::loki {

// The elements of "streams": one per label set, entries in the query's direction.
void write_legacy_streams(JsonWriter& out, const query::Streams& streams,
                          query::Direction direction);

// The query of a request; `regexp`, where it is given, filters lines.
std::string legacy_query_text(const std::string& query, const std::string& regexp);

}  // namespace sluice::api::loki
