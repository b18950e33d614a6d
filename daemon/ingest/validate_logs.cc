#include "daemon/ingest/validate_logs.h"

#include "daemon/ingest/detect_level.h"
#include "daemon/ingest/service_name.h"
#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

namespace {

std::string of_stream(const LabelSet& labels, const std::string& what) {
  return "stream " + labels.to_string().substr(0, 500) + ": " + what;
}

std::optional<LabelProblem> find_stream_problem(const LabelSet& labels, const Limits& limits) {
  if (labels.empty())
    return LabelProblem{"no_labels", "a stream needs at least one label that is not empty"};
  return find_label_problem(labels, limits.labels_per_stream, limits);
}

// Checks entries of one push; reasons are those of Rejections.
class EntryCheck {
 public:
  EntryCheck(const Limits& limits, Timestamp now) : limits_(limits), now_(now) {}

  std::optional<LabelProblem> problem(const PushEntry& entry) const {
    if (limits_.long_lines == LongLinePolicy::refuse && entry.line.size() > limits_.line_bytes)
      return LabelProblem{"line_too_long", "line of " + std::to_string(entry.line.size()) +
                                               " bytes, limit " +
                                               std::to_string(limits_.line_bytes)};
    if (entry.timestamp > now_ + limits_.future)
      return LabelProblem{"too_far_in_future", "timestamp " + format_rfc3339(entry.timestamp) +
                                                   " is in the future, latest accepted is " +
                                                   format_rfc3339(now_ + limits_.future)};
    if (limits_.oldest.count() > 0 && entry.timestamp < now_ - limits_.oldest)
      return LabelProblem{"too_old", "timestamp " + format_rfc3339(entry.timestamp) +
                                         " is too old, oldest accepted is " +
                                         format_rfc3339(now_ - limits_.oldest)};
    return metadata_problem(entry.metadata);
  }

 private:
  std::optional<LabelProblem> metadata_problem(const LabelSet& metadata) const {
    if (metadata.size() > limits_.metadata_entries)
      return LabelProblem{"metadata_too_many",
                          "structured metadata has " + std::to_string(metadata.size()) +
                              " entries, limit " + std::to_string(limits_.metadata_entries)};
    if (metadata.empty() || metadata_bytes(metadata) <= limits_.metadata_bytes) return std::nullopt;
    return LabelProblem{"metadata_too_large",
                        "structured metadata has " + std::to_string(metadata_bytes(metadata)) +
                            " bytes, limit " + std::to_string(limits_.metadata_bytes)};
  }

  const Limits& limits_;
  const Timestamp now_;
};

// Keeps the entries without a problem, and their ends.
void filter_entries(PushStream& stream, BatchIdentity* identity, const EntryCheck& check,
                    Rejections& rejections) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < stream.entries.size(); ++i) {
    if (const auto problem = check.problem(stream.entries[i])) {
      rejections.add(problem->reason, 1, of_stream(stream.labels, problem->text));
      continue;
    }
    if (kept != i) stream.entries[kept] = std::move(stream.entries[i]);
    if (identity) identity->ends[kept] = identity->ends[i];
    ++kept;
  }
  stream.entries.resize(kept);
  if (identity) identity->ends.resize(kept);
}

void add_levels(std::vector<PushStream>& streams) {
  LevelDetector detector;
  for (auto& stream : streams)
    for (auto& entry : stream.entries)
      entry.metadata.set("detected_level",
                         detector.level(stream.labels, entry.metadata, entry.line));
}

}  // namespace

Rejections validate_logs(std::vector<PushStream>& streams, BatchIdentity* identity,
                         const Limits& limits, Timestamp now) {
  Rejections rejections;
  const EntryCheck check(limits, now);
  for (auto& stream : streams) {
    if (const auto problem = find_stream_problem(stream.labels, limits)) {
      rejections.add(problem->reason, stream.entries.size(),
                     of_stream(stream.labels, problem->text));
      stream.entries.clear();
      if (identity) identity->ends.clear();
      continue;
    }
    add_service_name(stream.labels);
    filter_entries(stream, identity, check, rejections);
  }
  if (limits.discover_log_levels) add_levels(streams);
  return rejections;
}

}  // namespace sluice::ingest
