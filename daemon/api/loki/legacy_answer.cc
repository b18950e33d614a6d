#include "daemon/api/loki/legacy_answer.h"

#include <algorithm>
#include <map>
#include <vector>

namespace sluice::api::loki {

void write_legacy_streams(JsonWriter& out, const query::Streams& streams,
                          query::Direction direction) {
  std::map<LabelSet, std::vector<const LogEntry*>> by_labels;
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries) by_labels[stream.labels].push_back(&entry);
  out.begin_array();
  for (auto& [labels, entries] : by_labels) {
    std::stable_sort(entries.begin(), entries.end(), [&](const auto* a, const auto* b) {
      return direction == query::Direction::backward ? a->timestamp > b->timestamp
                                                     : a->timestamp < b->timestamp;
    });
    out.begin_object().key("labels").string(labels.to_string());
    out.key("entries").begin_array();
    for (const auto* entry : entries) {
      out.begin_object().key("ts").string(format_rfc3339(entry->timestamp));
      out.key("line").string(entry->line).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
}

std::string legacy_query_text(const std::string& query, const std::string& regexp) {
  if (regexp.empty()) return query;
  std::string text = query + " |~ ";
  append_quoted(text, regexp);
  return text;
}

}  // namespace sluice::api::loki
