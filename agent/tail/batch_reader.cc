#include "agent/tail/batch_reader.h"

#include <algorithm>

#include "agent/pipeline/line_clock.h"

namespace sluice::agent {
namespace {

constexpr std::size_t full_entries = 32'768;

// Extends the head digest while the file is shorter than head_limit. False: the head changed.
Result<bool> grow_head(Source& source, std::uint64_t size) {
  auto& head = source.record.print.head;
  if (size < head.length) return false;
  if (head.length >= std::min<std::uint64_t>(head_limit, size)) return true;
  SLUICE_TRY(const auto bytes, source.file.read_at(0, head_limit));
  if (!head_matches(head, bytes)) return false;
  head = digest_head(bytes);
  return true;
}

struct Window {
  std::string bytes;     // the lead and what follows it
  std::size_t lead = 0;  // bytes before the offset
};

// nullopt: the anchor does not match.
Result<std::optional<Window>> read_window(const Source& source, std::uint64_t batch_bytes) {
  const auto& record = source.record;
  Window w;
  w.lead =
      std::min<std::uint64_t>(record.acked, std::max<std::uint64_t>(record.print.anchor.length, 1));
  SLUICE_TRY(w.bytes, source.file.read_at(record.acked - w.lead, w.lead + batch_bytes));
  if (w.bytes.size() < w.lead) return std::optional<Window>{};
  if (!anchor_matches(record.print.anchor, std::string_view(w.bytes).substr(0, w.lead)))
    return std::optional<Window>{};
  return std::optional<Window>{std::move(w)};
}

SplitOptions split_options(const Source& source, const Window& w, std::uint64_t size,
                           const ReadSettings& settings) {
  SplitOptions options;
  options.max_line = settings.max_line;
  options.max_pieces = source.narrowing.max_entries(full_entries);
  options.mid_line = w.lead > 0 && w.bytes[w.lead - 1] != '\n';
  const bool at_end = source.record.acked + (w.bytes.size() - w.lead) >= size;
  options.final = settings.final && at_end;
  return options;
}

void add_lines(Batch& batch, Source& source, const Window& w, const SplitResult& split,
               LineClock& clock) {
  auto end = source.record.acked;
  batch.lines.reserve(split.pieces.size());
  batch.identity.ends.reserve(split.pieces.size());
  for (const auto& piece : split.pieces) {
    BatchLine line;
    line.text_begin = w.lead + piece.text_begin;
    line.text_length = piece.text_length;
    line.part = piece.part;
    line.timestamp = clock.stamp(
        std::string_view(w.bytes).substr(line.text_begin, line.text_length), piece.part);
    end += piece.length;
    batch.lines.push_back(line);
    batch.identity.ends.push_back(end);
  }
  batch.identity.end = end;
}

Batch make_batch(Source& source, Window w, const SplitResult& split, const FileStat& stat,
                 const ReadSettings& settings) {
  Batch batch;
  batch.source = source.key;
  batch.identity.agent = settings.agent;
  batch.identity.source = source.record.id;
  batch.identity.start = source.record.acked;
  batch.identity.gap_is_loss = source.record.gap;
  const auto written = std::min(from_unix_ns(stat.modified_ns), settings.now);
  LineClock clock({written, settings.local_time}, written, source.last_time);
  add_lines(batch, source, w, split, clock);
  source.last_time = clock.last();
  w.bytes.resize(w.lead + split.consumed);
  batch.end_anchor = digest_anchor(w.bytes);
  batch.bytes = std::move(w.bytes);
  return batch;
}

}  // namespace

Result<ReadResult> read_batch(Source& source, const ReadSettings& settings) {
  SLUICE_TRY(const auto stat, source.file.stat());
  source.links = stat.links;
  if (stat.size < source.record.acked) return ReadResult{ReadKind::truncated, {}};
  SLUICE_TRY(const bool head_ok, grow_head(source, stat.size));
  if (!head_ok) return ReadResult{ReadKind::truncated, {}};
  SLUICE_TRY(auto window, read_window(source, settings.batch_bytes));
  if (!window) return ReadResult{ReadKind::truncated, {}};
  source.seen = source.record.size = stat.size;
  const auto split = split_lines(std::string_view(window->bytes).substr(window->lead),
                                 split_options(source, *window, stat.size, settings));
  if (!split.pieces.empty())
    return ReadResult{ReadKind::batch,
                      make_batch(source, std::move(*window), split, stat, settings)};
  const bool finished = settings.final && source.unread() == 0;
  return ReadResult{finished ? ReadKind::finished : ReadKind::nothing, {}};
}

Batch loss_marker(const Source& source, const AgentId& agent, Timestamp now) {
  const auto& r = source.record;
  Batch batch;
  batch.source = source.key;
  batch.loss_marker = true;
  batch.bytes = "sluice-agent: lost " + std::to_string(r.unread()) + " bytes of " + r.name + ": " +
                std::string(to_string(source.loss)) + " before they were read (bytes " +
                std::to_string(r.acked) + " to " + std::to_string(r.size) + ")";
  batch.lines.push_back({0, batch.bytes.size(), now, LinePart::whole});
  batch.identity = {agent, r.id, r.size, r.size + batch.bytes.size(), {r.size + batch.bytes.size()},
                    true};
  return batch;
}

}  // namespace sluice::agent
