#include "daemon/storage/samples/sample_group.h"

#include <algorithm>

#include "daemon/storage/samples/histogram_codec.h"
#include "daemon/storage/samples/packed_body.h"

namespace sluice::storage {

namespace {

Error damaged(const char* what) {
  return {ErrorCode::corrupt, std::string(what) + " of a sample group do not decode"};
}

std::size_t shared_front(std::string_view a, std::string_view b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end.first - a.begin());
}

using Samples = std::vector<Sample>;

// To the end of the floats or histograms that begin there.
Samples::const_iterator segment_end(Samples::const_iterator begin, const Samples& samples) {
  return std::find_if(begin, samples.end(), [&](const Sample& sample) {
    return is_histogram(sample.value) != is_histogram(begin->value);
  });
}

struct Body {
  std::string directory;
  std::string values;
};

void put_series(Body& body, const GroupSeries& series, ValueLayout layout) {
  const Samples& samples = series.run.samples;
  put_varint(body.directory, series.table);
  std::string segments;
  std::size_t count = 0;
  for (auto begin = samples.begin(); begin != samples.end(); ++count) {
    const auto end = segment_end(begin, samples);
    const std::size_t before = body.values.size();
    ValueKind kind = ValueKind::histograms;
    if (is_histogram(begin->value))
      body.values += encode_histogram_chunk({begin, end}, series.run.histograms);
    else
      kind = put_values(body.values, {begin, end}, layout);
    segments += static_cast<char>(kind);
    put_varint(segments, static_cast<std::uint64_t>(end - begin));
    put_varint(segments, body.values.size() - before);
    begin = end;
  }
  put_varint(body.directory, count);
  body.directory += segments;
}

std::string encode_as(std::span<const GroupSeries> series, ValueLayout layout, int level) {
  Body body;
  put_varint(body.directory, series.size());
  for (const GroupSeries& one : series) put_series(body, one, layout);
  return static_cast<char>(layout) + pack_zstd(body.directory + body.values, level);
}

}  // namespace

std::string encode_group_labels(std::span<const GroupSeries> series, int level) {
  std::string body;
  put_varint(body, series.size());
  std::string_view before;
  for (const GroupSeries& one : series) {
    const std::size_t shared = shared_front(before, one.key);
    put_varint(body, shared);
    put_string(body, std::string_view(one.key).substr(shared));
    before = one.key;
  }
  return pack_zstd(body, level);
}

Result<std::vector<std::string>> decode_group_labels(std::string_view payload) {
  SLUICE_TRY(const std::string body, unpack_zstd(payload));
  ByteReader in(body);
  const std::size_t count = in.count(2);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t shared = in.varint();
    const std::string_view before = keys.empty() ? std::string_view() : keys.back();
    if (shared > before.size()) return damaged("labels");
    std::string key(before.substr(0, shared));
    key += in.string();
    if (key <= before) return damaged("labels");
    keys.push_back(std::move(key));
  }
  if (!in.finished()) return damaged("labels");
  return keys;
}

std::string encode_group_samples(std::span<const GroupSeries> series, int level) {
  std::string packed = encode_as(series, ValueLayout::packed, level);
  std::string bytes = encode_as(series, ValueLayout::bytes, level);
  return packed.size() <= bytes.size() ? packed : bytes;
}

Result<SampleGroup> SampleGroup::decode(std::string_view payload) {
  SampleGroup group;
  if (payload.empty()) return damaged("samples");
  group.layout_ = static_cast<ValueLayout>(payload.front());
  if (group.layout_ != ValueLayout::packed && group.layout_ != ValueLayout::bytes)
    return damaged("samples");
  SLUICE_TRY(group.body_, unpack_zstd(payload.substr(1)));
  if (!group.read_directory()) return damaged("samples");
  return group;
}

bool SampleGroup::read_directory() {
  ByteReader in(body_);
  const std::size_t series = in.count(2);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < series && in.ok(); ++i) {
    const std::uint64_t table = in.varint();
    const std::size_t count = in.count(3);
    if (table > UINT32_MAX) return false;
    series_.push_back({static_cast<std::uint32_t>(table),
                       static_cast<std::uint32_t>(segments_.size()),
                       static_cast<std::uint32_t>(count)});
    for (std::size_t k = 0; k < count && in.ok(); ++k) {
      const std::string_view kind = in.bytes(1);
      Segment segment{};
      segment.kind = static_cast<ValueKind>(kind.empty() ? 0 : kind.front());
      segment.samples = in.varint();
      segment.at = bytes;
      segment.bytes = in.varint();
      if (segment.samples == 0 || segment.bytes > body_.size()) return false;
      bytes += segment.bytes;
      segments_.push_back(segment);
    }
  }
  if (!in.ok() || in.left() != bytes) return false;
  for (Segment& segment : segments_) segment.at += body_.size() - bytes;
  return true;
}

bool SampleGroup::read_segment(const Segment& segment, std::span<const std::int64_t> times,
                               SampleRun& run) const {
  const auto payload = std::string_view(body_).substr(segment.at, segment.bytes);
  if (segment.kind == ValueKind::histograms) {
    const auto histograms = decode_histogram_chunk(payload);
    if (!histograms || histograms->samples.size() != times.size()) return false;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (histograms->samples[i].timestamp_ms != times[i]) return false;
      append_sample(run, histograms->samples[i], histograms->histograms);
    }
    return true;
  }
  const std::size_t before = run.samples.size();
  run.samples.resize(before + times.size());
  const auto out = std::span(run.samples).subspan(before);
  for (std::size_t i = 0; i < times.size(); ++i) out[i].timestamp_ms = times[i];
  if (!read_values(segment.kind, layout_, payload, out)) return false;
  // What names a histogram has one.
  return std::none_of(out.begin(), out.end(),
                      [](const Sample& sample) { return is_histogram(sample.value); });
}

Result<SampleRun> SampleGroup::read(std::size_t series, std::span<const std::int64_t> times) const {
  SampleRun run;
  const Series& one = series_[series];
  for (std::uint32_t i = one.first; i < one.first + one.segments; ++i) {
    if (segments_[i].samples > times.size()) return damaged("samples");
    if (!read_segment(segments_[i], times.first(segments_[i].samples), run))
      return damaged("samples");
    times = times.subspan(segments_[i].samples);
  }
  if (!times.empty()) return damaged("samples");
  return run;
}

}  // namespace sluice::storage
