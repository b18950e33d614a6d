#include "daemon/ingest/validate_logs.h"

#include "daemon/ingest/refusal_text.h"
#include "daemon/ingest/service_name.h"
#include "daemon/ingest/validate_labels.h"
#include "query/logql/detect_level.h"

namespace sluice::ingest {

namespace {

std::optional<LabelProblem> find_stream_problem(const LabelSet& labels, const Limits& limits) {
  if (labels.empty()) return LabelProblem{"no_labels", no_labels_text()};
  auto problem = find_label_problem(labels, limits.labels_per_stream, limits);
  if (problem) problem->text = stream_refusal(*problem, labels, limits);
  return problem;
}

// Checks entries of one push; reasons are those of Rejections.
class EntryCheck {
 public:
  EntryCheck(const Limits& limits, Timestamp now, const LabelSet& stream)
      : limits_(limits), now_(now), stream_(stream) {}

  std::optional<LabelProblem> problem(const PushEntry& entry) const {
    if (limits_.long_lines == LongLinePolicy::refuse && entry.line.size() > limits_.line_bytes)
      return LabelProblem{"line_too_long",
                          line_too_long_text(stream_, entry.line.size(), limits_.line_bytes)};
    if (entry.timestamp > now_ + limits_.future)
      return LabelProblem{"too_far_in_future", too_new_text(stream_, entry.timestamp)};
    if (limits_.oldest.count() > 0 && entry.timestamp < now_ - limits_.oldest)
      return LabelProblem{"too_old", too_old_text(stream_, entry.timestamp, now_ - limits_.oldest)};
    return metadata_problem(entry.metadata);
  }

 private:
  std::optional<LabelProblem> metadata_problem(const LabelSet& metadata) const {
    if (metadata.size() > limits_.metadata_entries)
      return LabelProblem{"metadata_too_many", metadata_too_many_text(stream_, metadata.size(),
                                                                      limits_.metadata_entries)};
    if (metadata.empty() || metadata_bytes(metadata) <= limits_.metadata_bytes) return std::nullopt;
    return LabelProblem{
        "metadata_too_large",
        metadata_too_large_text(stream_, metadata_bytes(metadata), limits_.metadata_bytes)};
  }

  const Limits& limits_;
  const Timestamp now_;
  const LabelSet& stream_;
};

// Keeps the entries without a problem, and their ends.
void filter_entries(PushStream& stream, BatchIdentity* identity, const EntryCheck& check,
                    Rejections& rejections) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < stream.entries.size(); ++i) {
    if (const auto problem = check.problem(stream.entries[i])) {
      rejections.add(problem->reason, 1, problem->text);
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
  query::logql::LevelDetector detector;
  for (auto& stream : streams)
    for (auto& entry : stream.entries)
      entry.metadata.set("detected_level",
                         detector.level(stream.labels, entry.metadata, entry.line));
}

}  // namespace

Rejections validate_logs(std::vector<PushStream>& streams, BatchIdentity* identity,
                         const Limits& limits, Timestamp now) {
  Rejections rejections;
  for (auto& stream : streams) {
    if (const auto problem = find_stream_problem(stream.labels, limits)) {
      rejections.add(problem->reason, stream.entries.size(), problem->text);
      stream.entries.clear();
      if (identity) identity->ends.clear();
      continue;
    }
    add_service_name(stream.labels);
    filter_entries(stream, identity, EntryCheck(limits, now, stream.labels), rejections);
  }
  if (limits.discover_log_levels) add_levels(streams);
  return rejections;
}

}  // namespace sluice::ingest
