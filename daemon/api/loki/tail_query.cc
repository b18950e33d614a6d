#include "daemon/api/loki/tail_query.h"

#include <algorithm>

#include "query/logql/label_table.h"

namespace sluice::api::loki {

namespace {

constexpr std::size_t max_waiting_bytes = 8 << 20;

std::size_t cost(const PushEntry& entry) {
  return sizeof(LogEntry) + entry.line.size();
}

}  // namespace

Result<TailQuery> TailQuery::make(TenantId tenant, const query::LogQuery& query, Duration delay,
                                  bool levels) {
  auto split = query::logql::split_filters(query.pipeline);
  SLUICE_TRY(auto pipeline, query::logql::Pipeline::compile(split.rest));
  if (levels && query::logql::mentions_level(query)) pipeline.detect_levels();
  return TailQuery(std::move(tenant), query.matchers, std::move(split.filters), std::move(pipeline),
                   delay);
}

bool TailQuery::wants(std::string_view line) const {
  return std::all_of(filters_.begin(), filters_.end(),
                     [&](const query::LineFilter& f) { return f.matches(line); });
}

void TailQuery::offer(const TenantId& tenant, const std::vector<PushStream>& streams,
                      SteadyTime now) {
  if (tenant != tenant_) return;
  for (const auto& stream : streams) {
    if (!query::matches_all(matchers_, stream.labels)) continue;
    Waiting waiting{now + delay_, offers_ + 1, {stream.labels, {}}, 0};
    for (const auto& entry : stream.entries) {
      if (!wants(entry.line)) continue;
      waiting.bytes += cost(entry);
      waiting.entries.entries.push_back(entry.copy());
    }
    if (!waiting.entries.entries.empty()) enqueue(std::move(waiting));
  }
}

void TailQuery::enqueue(Waiting waiting) {
  if (waiting_bytes_ + waiting.bytes <= max_waiting_bytes) {
    waiting_bytes_ += waiting.bytes;
    offers_ = waiting.offer;
    waiting_.push_back(std::move(waiting));
    return;
  }
  for (const auto& entry : waiting.entries.entries)
    if (dropped_.size() < max_reported_drops)
      dropped_.push_back({waiting.entries.labels, entry.timestamp});
}

std::optional<TailQuery::SteadyTime> TailQuery::next_due() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().due);
}

TailQuery::Due TailQuery::take(SteadyTime now) {
  Due due;
  while (!waiting_.empty() && waiting_.front().due <= now) {
    waiting_bytes_ -= waiting_.front().bytes;
    if (due.streams.empty()) due.first_offer = waiting_.front().offer;
    due.streams.push_back(std::move(waiting_.front().entries));
    waiting_.pop_front();
  }
  if (!due.streams.empty()) due.dropped.swap(dropped_);
  return due;
}

query::Streams TailQuery::evaluate(const std::vector<StreamEntries>& streams) {
  query::logql::LabelTable groups;
  query::Streams out;
  std::vector<query::logql::LabelView> labels;
  for (const auto& stream : streams) {
    pipeline_.bind(stream.labels);
    for (const auto& entry : stream.entries) {
      const LabelSet* metadata = entry.metadata.empty() ? nullptr : &entry.metadata;
      if (!pipeline_.run(entry.timestamp, entry.line, metadata)) continue;
      pipeline_.labels().collect(labels);
      bool added = false;
      const std::size_t group = groups.intern(labels, added);
      if (added) out.push_back(query::logql::result_stream(groups.at(group)));
      out[group].entries.push_back({entry.timestamp, std::string(pipeline_.line()), {}});
    }
  }
  return out;
}

}  // namespace sluice::api::loki
