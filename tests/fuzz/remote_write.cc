// Remote write: whatever comes, an answer; what is valid has a name and sane labels; the flat
// decoder takes what the long way takes, and nothing else.
#include "daemon/ingest/remote_write.h"

#include <algorithm>
#include <bit>

#include "base/types/limits.h"
#include "base/types/utf8.h"
#include "daemon/ingest/flat_write.h"
#include "daemon/ingest/validate_samples.h"
#include "daemon/storage/exemplar_store.h"
#include "daemon/storage/sample_batch.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;

const Timestamp now = from_unix_ns(1'768'046'400'000'000'000);

Limits limits_for_fuzz() {
  Limits limits;
  limits.oldest = std::chrono::hours(0);
  return limits;
}

std::string text_of(const LabelSet& labels, std::span<const Sample> samples) {
  std::string text = labels.to_string();
  for (const Sample& sample : samples)
    text += ' ' + std::to_string(sample.timestamp_ms) + ':' +
            std::to_string(std::bit_cast<std::uint64_t>(sample.value));
  return text;
}

std::vector<std::string> texts_of(const std::vector<SeriesSamples>& series) {
  std::vector<std::string> texts;
  for (const auto& one : series) texts.push_back(text_of(one.labels, one.samples));
  return texts;
}

std::vector<std::string> texts_of(const storage::SampleWrite& write) {
  std::vector<std::string> texts;
  for (const auto& one : write.series) {
    LabelSet labels;
    for (std::uint32_t i = 0; i < one.labels; ++i) {
      const auto& label = write.labels[one.first_label + i];
      labels.set(label.name, label.value);
    }
    texts.push_back(
        text_of(labels, std::span(write.samples).subspan(one.first_sample, one.samples)));
  }
  return texts;
}

using Decode = Result<ingest::FlatWrite> (*)(std::string_view body, const Limits& limits,
                                             Timestamp now);

// No series is what such limits allow, so that each goes the long way.
Result<ingest::WriteRequest> decode_long_way(Decode decode, std::string_view body) {
  Limits limits = limits_for_fuzz();
  limits.labels_per_series = 0;
  SLUICE_TRY(auto write, decode(body, limits, now));
  fuzz::require(write.samples.series.empty(), "all series go the long way");
  return std::move(write.rest);
}

std::vector<std::string> texts_of(const std::vector<MetricMetadata>& metadata) {
  std::vector<std::string> texts;
  for (const auto& one : metadata)
    texts.push_back(one.family + '\n' + one.type + '\n' + one.help + '\n' + one.unit);
  return texts;
}

// `error`: of the long way, or empty.
void check_flat(Decode decode, std::string_view body, const std::vector<SeriesSamples>* series,
                const std::vector<MetricMetadata>& metadata, const std::string& error) {
  // The long way takes more memory: what is large may be refused there only.
  constexpr std::size_t surely_in_budget = 4'096;
  auto flat = decode(body, limits_for_fuzz(), now);
  fuzz::require(flat.has_value() || series == nullptr,
                "the short way takes what the long one does");
  fuzz::require(!flat.has_value() || series != nullptr || body.size() > surely_in_budget,
                "and nothing else");
  if (!flat && body.size() <= surely_in_budget)
    fuzz::require(flat.error().message == error, "with the same error");
  if (!series) return;
  fuzz::require(texts_of(flat->rest.metadata) == texts_of(metadata), "and the same metadata");
  ingest::Rejections rejections;
  auto found = texts_of(flat->samples);
  const auto rest = ingest::validate_samples(flat->rest, limits_for_fuzz(), now, rejections);
  for (auto& text : texts_of(rest.series)) found.push_back(std::move(text));
  auto wanted = texts_of(*series);
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  fuzz::require(found == wanted, "both ways give the same series");
}

void check_batch(const std::vector<SeriesSamples>& series) {
  storage::SampleWrite flat;
  for (const auto& one : series) flat.add(one);
  storage::SampleBatch batch;
  batch.tenant = default_tenant();
  batch.labels = flat.labels;
  batch.samples = flat.samples;
  for (const auto& one : flat.series) {
    batch.series.push_back(
        {batch.series.size(), one.first_label, one.labels, one.first_sample, one.samples});
    for (std::uint32_t i = 0; i < one.samples; ++i) {
      Sample& sample = batch.samples[one.first_sample + i];
      if (is_histogram(sample.value))
        sample.value =
            add_histogram(batch.histograms, (*one.histograms)[histogram_place(sample.value)]);
    }
  }
  const auto back = storage::decode_sample_batch(storage::encode_sample_batch(batch));
  fuzz::require(back && back->series.size() == series.size(), "an accepted write reads back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const Decode decode =
      input.below(2) == 1 ? ingest::decode_flat_write_2 : ingest::decode_flat_write;
  const std::string_view body = input.rest();
  auto request = decode_long_way(decode, body);
  if (!request) {
    check_flat(decode, body, nullptr, {}, request.error().message);
    return 0;
  }
  ingest::Rejections rejections;
  const auto valid = ingest::validate_samples(*request, limits_for_fuzz(), now, rejections);
  const auto& series = valid.series;
  for (const auto& one : series) {
    fuzz::require(valid_utf8_name(one.labels.get(metric_name_label)), "series have a name");
    fuzz::require(!one.samples.empty(), "series have samples");
  }
  check_flat(decode, body, &series, request->metadata, {});
  check_batch(series);
  const auto exemplars = storage::encode_exemplars(default_tenant(), valid.exemplars);
  const auto stored = storage::decode_exemplars(exemplars);
  fuzz::require(stored && stored->series.size() == valid.exemplars.size(), "so do its exemplars");
  return 0;
}
