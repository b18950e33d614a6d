#include "daemon/storage/log_plan.h"

#include <algorithm>

namespace sluice::storage {

namespace {

// Of head batches; lines of them are searched one by one.
constexpr std::size_t unit_entries = 8 << 10;

void extend(ScanPiece& piece, Timestamp first, Timestamp last) {
  piece.first = std::min(piece.first, first);
  piece.last = std::max(piece.last, last);
}

bool has_rows(const ScanPiece& piece) {
  return piece.first <= piece.last;
}

std::unique_ptr<PartScan> judge_streams(PartPtr part,
                                        std::shared_ptr<const PartDirectory> directory,
                                        const std::vector<query::LabelMatcher>& matchers) {
  auto scan = std::make_unique<PartScan>();
  scan->wanted.reserve(directory->streams.size());
  for (const auto& labels : directory->streams)
    scan->wanted.push_back(query::matches_all(matchers, labels) ? 1 : 0);
  scan->part = std::move(part);
  scan->directory = std::move(directory);
  return scan;
}

ScanPiece group_piece(PartScan& scan, std::uint32_t group, TimeRange range,
                      query::QueryStats& stats) {
  ScanPiece piece;
  piece.scan = &scan;
  piece.group = group;
  bool has_streams = false;
  for (const Run& run : scan.directory->groups[group].runs) {
    if (!scan.wanted[run.stream]) continue;
    has_streams = true;
    if (range.overlaps(run.first, run.last)) extend(piece, run.first, run.last);
  }
  ++stats.groups;
  if (!has_streams)
    ++stats.groups_skipped_stream;
  else if (!has_rows(piece))
    ++stats.groups_skipped_time;
  return piece;
}

ScanPiece head_piece(const HeadBatch& batch, HeadMatcher& matcher, TimeRange range) {
  ScanPiece piece;
  piece.head = &batch;
  if (!range.overlaps(batch.first(), batch.last())) return piece;
  for (const HeadRun& run : batch.runs())
    if (range.overlaps(run.first(), run.last()) && matcher.wants(*run.labels))
      extend(piece, run.first(), run.last());
  return piece;
}

}  // namespace

bool HeadMatcher::wants(const LabelSet& interned) {
  const auto [it, added] = known_.try_emplace(&interned, false);
  if (added) it->second = query::matches_all(matchers_, interned);
  return it->second;
}

std::vector<std::unique_ptr<PartScan>> plan_parts(PartCache& cache, const LogView& view,
                                                  const std::vector<query::LabelMatcher>& matchers,
                                                  TimeRange range, const OnDamage& on_damage,
                                                  BytesRead* bytes_read) {
  std::vector<std::unique_ptr<PartScan>> scans;
  for (const auto& part : *view.parts) {
    if (!range.overlaps(part->summary.first, part->summary.last)) continue;
    auto directory = cache.directory(*part, view.snapshot.get(), bytes_read);
    if (directory)
      scans.push_back(judge_streams(part, std::move(*directory), matchers));
    else
      on_damage(directory.error());
  }
  return scans;
}

std::vector<ScanPiece> plan_pieces(const std::vector<std::unique_ptr<PartScan>>& scans,
                                   const LogView& view, HeadMatcher& head_matcher, TimeRange range,
                                   query::Direction direction, query::QueryStats& stats) {
  std::vector<ScanPiece> pieces;
  for (const auto& scan : scans)
    for (std::uint32_t group = 0; group < scan->directory->groups.size(); ++group)
      if (auto piece = group_piece(*scan, group, range, stats); has_rows(piece))
        pieces.push_back(piece);
  stats.unsealed_considered += view.head.size();
  for (const auto& batch : view.head)
    if (auto piece = head_piece(*batch, head_matcher, range); has_rows(piece))
      pieces.push_back(piece);
  if (direction == query::Direction::backward)
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const auto& a, const auto& b) { return a.last > b.last; });
  else
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  return pieces;
}

std::vector<std::size_t> cut_units(const std::vector<ScanPiece>& pieces) {
  std::vector<std::size_t> begins;
  std::size_t entries = 0;  // of the head batches at the end
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool joins = pieces[i].head != nullptr && entries > 0 && entries < unit_entries;
    if (!joins) begins.push_back(i);
    if (!joins) entries = 0;
    if (pieces[i].head != nullptr) entries += pieces[i].head->entries();
  }
  begins.push_back(pieces.size());
  return begins;
}

}  // namespace sluice::storage
