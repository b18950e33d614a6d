#include "daemon/ingest/refusal_text.h"

namespace sluice::ingest {

namespace {

constexpr std::size_t shown_bytes = 500;

std::string shown(const LabelSet& stream) {
  return "'" + stream.to_string().substr(0, shown_bytes) + "'";
}

std::string quoted(std::size_t number) {
  return "'" + std::to_string(number) + "'";
}

}  // namespace

std::string stream_refusal(const LabelProblem& problem, const LabelSet& stream,
                           const Limits& limits) {
  if (problem.reason == "too_many_labels")
    return "entry for stream " + shown(stream) + " has " + std::to_string(stream.size()) +
           " label names; limit " + std::to_string(limits.labels_per_stream);
  if (problem.reason == "label_name_too_long")
    return "stream " + shown(stream) + " has label name too long: '" + problem.subject + "'";
  if (problem.reason == "label_value_too_long")
    return "stream " + shown(stream) + " has label value too long: '" + problem.subject + "'";
  return "Error parsing labels " + shown(stream) + " with error: " + problem.text;
}

std::string no_labels_text() {
  return "error at least one label pair is required per stream";
}

std::string line_too_long_text(const LabelSet& stream, std::size_t bytes, std::size_t limit) {
  return "Max entry size " + quoted(limit) + " bytes exceeded for stream " + shown(stream) +
         " while adding an entry with length " + quoted(bytes) + " bytes";
}

std::string too_new_text(const LabelSet& stream, Timestamp timestamp) {
  return "entry for stream " + shown(stream) +
         " has timestamp too new: " + format_rfc3339(timestamp);
}

std::string too_old_text(const LabelSet& stream, Timestamp timestamp, Timestamp oldest) {
  return "entry for stream " + shown(stream) +
         " has timestamp too old: " + format_rfc3339(timestamp) +
         ", oldest acceptable timestamp is: " + format_rfc3339(oldest);
}

std::string metadata_too_many_text(const LabelSet& stream, std::size_t found, std::size_t limit) {
  return "stream " + shown(stream) + " has too many structured metadata labels: " + quoted(found) +
         ", limit: " + quoted(limit) + ". See `limits.metadata_entries`.";
}

std::string too_many_streams_text(const LabelSet& stream, const std::string& tenant) {
  return "Maximum active stream limit exceeded when trying to create stream " +
         stream.to_string().substr(0, shown_bytes) +
         ", reduce the number of active streams (reduce labels or reduce label values), or contact "
         "your Loki administrator to see if the limit can be increased, user: '" +
         tenant + "'";
}

std::string stream_rate_text(const LabelSet& stream, std::size_t bytes, std::size_t limit) {
  return "Per stream rate limit exceeded (limit: " + std::to_string(limit) +
         " bytes/sec) while attempting to ingest for stream " + shown(stream) + " totaling " +
         std::to_string(bytes) +
         " bytes, consider splitting a stream via additional labels or contact your Loki "
         "administrator to see if the limit can be increased";
}

std::string metadata_too_large_text(const LabelSet& stream, std::size_t bytes, std::size_t limit) {
  return "stream " + shown(stream) + " has structured metadata too large: " + quoted(bytes) +
         " bytes, limit: " + quoted(limit) + " bytes. See `limits.metadata_bytes`.";
}

}  // namespace sluice::ingest
