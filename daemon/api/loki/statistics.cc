#include "daemon/api/loki/statistics.h"

#include <algorithm>
#include <chrono>

#include "query/engine/sliced_logs.h"

namespace sluice::api::loki {

namespace {

using Stats = query::QueryStats;

double seconds(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

void count(JsonWriter& out, std::string_view key, std::uint64_t n) {
  out.key(key).number(n);
}

void write_summary(JsonWriter& out, const Counted& counted) {
  const Stats& stats = counted.context.stats();
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - counted.context.started();
  const auto per_second = [&](std::uint64_t n) {
    return static_cast<std::uint64_t>(static_cast<double>(n) / std::max(took.count(), 1e-6));
  };
  const auto* streams = std::get_if<query::Streams>(&counted.value);
  out.begin_object();
  count(out, "bytesProcessedPerSecond", per_second(stats.bytes_processed));
  count(out, "linesProcessedPerSecond", per_second(stats.lines_processed));
  count(out, "totalBytesProcessed", stats.bytes_processed);
  count(out, "totalLinesProcessed", stats.lines_processed);
  out.key("execTime").number(took.count());
  out.key("queueTime").number(seconds(stats.queue_ns));
  count(out, "subqueries", stats.splits);
  count(out, "totalEntriesReturned",
        counted.sent + (streams != nullptr ? query::entries_in(*streams) : 0));
  // Metrics are counted by columns and headers, which do not tell lines apart.
  if (streams != nullptr) count(out, "totalPostFilterLines", stats.lines_kept);
  count(out, "splits", stats.splits);
  count(out, "shards", 0);
  out.end_object();
}

// What was read of chunks; `lines` of them were in memory, in `bytes`.
struct Chunks {
  std::uint64_t head_bytes = 0, head_lines = 0;
  std::uint64_t bytes = 0, lines = 0, compressed = 0;
};

void write_chunks(JsonWriter& out, const Chunks& chunks) {
  out.begin_object();
  count(out, "headChunkBytes", chunks.head_bytes);
  count(out, "headChunkLines", chunks.head_lines);
  count(out, "decompressedBytes", chunks.bytes);
  count(out, "decompressedLines", chunks.lines);
  count(out, "compressedBytes", chunks.compressed);
  count(out, "totalDuplicates", 0);
  out.end_object();
}

void write_sealed(JsonWriter& out, const Stats& stats) {
  const std::uint64_t read = stats.batches - stats.head_batches;
  out.begin_object().key("store").begin_object();
  count(out, "totalChunksRef", read + stats.batches_skipped);
  count(out, "totalChunksDownloaded", read);
  count(out, "chunkRefsFetchTime", stats.plan_ns);
  count(out, "chunksDownloadTime", stats.search_ns + stats.read_ns);
  out.key("chunk");
  write_chunks(out, {0, 0, stats.bytes_processed - stats.head_bytes,
                     stats.lines_processed - stats.head_lines, stats.bytes_read});
  out.end_object().end_object();
}

void write_head(JsonWriter& out, const Stats& stats) {
  out.begin_object();
  count(out, "totalReached", std::min<std::uint64_t>(stats.head_batches, 1));
  count(out, "totalChunksMatched", stats.head_batches);
  count(out, "totalBatches", stats.head_batches);
  count(out, "totalLinesSent", stats.head_lines);
  out.key("store").begin_object();
  count(out, "totalChunksRef", stats.head_batches);
  count(out, "totalChunksDownloaded", 0);
  count(out, "chunksDownloadTime", 0);
  out.key("chunk");
  write_chunks(out, {stats.head_bytes, stats.head_lines, 0, 0, 0});
  out.end_object().end_object();
}

void write_no_cache(JsonWriter& out) {
  out.begin_object();
  for (const std::string_view kind : {"chunk", "index", "result", "statsResult", "volumeResult",
                                      "seriesResult", "labelResult", "instantMetricResult"}) {
    out.key(kind).begin_object();
    for (const std::string_view key : {"entriesFound", "entriesRequested", "entriesStored",
                                       "bytesReceived", "bytesSent", "requests", "downloadTime"})
      count(out, key, 0);
    out.end_object();
  }
  out.end_object();
}

void write_index(JsonWriter& out, const Stats& stats) {
  const std::uint64_t skipped = stats.groups_skipped_stream + stats.groups_skipped_time +
                                stats.groups_skipped_template + stats.groups_skipped_filter +
                                stats.groups_skipped_header;
  out.begin_object();
  count(out, "totalChunks", stats.groups);
  count(out, "postFilterChunks", stats.groups - std::min<std::uint64_t>(stats.groups, skipped));
  count(out, "shardsDuration", 0);
  out.key("usedBloomFilters").boolean(stats.groups_skipped_filter > 0);
  out.end_object();
}

}  // namespace

void write_statistics(JsonWriter& out, const Counted& counted) {
  const Stats& stats = counted.context.stats();
  out.begin_object().key("summary");
  write_summary(out, counted);
  out.key("querier");
  write_sealed(out, stats);
  out.key("ingester");
  write_head(out, stats);
  out.key("cache");
  write_no_cache(out);
  out.key("index");
  write_index(out, stats);
  out.end_object();
}

}  // namespace sluice::api::loki
