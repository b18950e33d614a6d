// SampleStore: the seal step and recovery.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/chunk_writer.h"
#include "daemon/storage/sample_store.h"

namespace sluice::storage {

namespace {

constexpr std::int64_t slot_ms = 2 * 3'600'000;  // a chunk does not cross two-hour slots

std::int64_t slot_of(std::int64_t timestamp_ms) {
  return timestamp_ms / slot_ms - (timestamp_ms % slot_ms < 0 ? 1 : 0);
}

// Also counts the chunks of each day.
void put_chunks(Batch& step, const TenantId& tenant, const TenantSamples::Sealing::Item& item,
                std::uint64_t number, std::map<Day, std::size_t>& chunks) {
  const auto& samples = item.run.samples;
  std::optional<Day> registered;
  for (auto begin = samples.begin(); begin != samples.end();) {
    const auto end = std::find_if(begin, samples.end(), [&](const Sample& sample) {
      return slot_of(sample.timestamp_ms) != slot_of(begin->timestamp_ms) ||
             is_histogram(sample.value) != is_histogram(begin->value);
    });
    const Day day = day_of_ms(begin->timestamp_ms);
    if (registered != day && !std::binary_search(item.days.begin(), item.days.end(), day)) {
      std::string labels;
      put_labels(labels, item.series->labels);
      step.put(Family::series, series_key(day, tenant, item.id), ValueType::series, labels);
      registered = day;
    }
    put_chunk(step, chunk_key(day, tenant, item.id, begin->timestamp_ms, number), {begin, end},
              item.run.histograms);
    ++chunks[day];
    begin = end;
  }
}

struct SealedState {
  std::int64_t newest_ms = INT64_MAX;
  std::optional<std::int64_t> arrived_ms;
};

std::string encode_state(const SealedState& state) {
  std::string payload;
  put_zigzag(payload, state.newest_ms);
  put_varint(payload, state.arrived_ms ? 1 : 0);
  if (state.arrived_ms) put_zigzag(payload, *state.arrived_ms);
  return payload;
}

Result<SealedState> decode_state(std::string_view payload) {
  ByteReader in(payload);
  SealedState state{in.zigzag(), std::nullopt};
  if (in.varint() != 0) state.arrived_ms = in.zigzag();
  if (!in.finished()) return Error{ErrorCode::corrupt, "sample state does not decode"};
  return state;
}

}  // namespace

Result<void> SampleStore::seal_tenant(TenantSamples& samples) {
  const auto sealing = samples.begin_seal();
  const std::uint64_t number = next_number_.fetch_add(1);
  Batch step = database_.batch();
  std::map<Day, std::size_t> chunks;
  for (const auto& item : sealing.items) put_chunks(step, samples.tenant(), item, number, chunks);
  for (const auto& [day, count] : chunks)
    step.remove(Family::sample_state, merged_day_key(samples.tenant(), day));
  for (const std::uint64_t batch : sealing.batches)
    step.remove_once(Family::sample_head, sequence_key(batch));
  const std::int64_t newest = std::max(sealing.newest, samples.newest().value_or(INT64_MIN));
  step.put(Family::sample_state, tenant_key(samples.tenant()), ValueType::sample_state,
           encode_state({newest, samples.newest_arrived()}));
  SLUICE_CHECK(database_.write(step, Writer::maintenance));
  sealed_batches_ = true;
  samples.end_seal(sealing);
  for (const auto& [day, count] : chunks) merges_.sealed(samples.tenant(), day, count);
  return {};
}

Result<void> SampleStore::recover() {
  SLUICE_CHECK(metadata_.recover(database_));
  SLUICE_TRY(const auto states, recover_states());
  SLUICE_CHECK(recover_series(states));
  SLUICE_CHECK(recover_head());
  update_gauges();
  return {};
}

Result<std::map<TenantId, std::int64_t>> SampleStore::recover_states() {
  std::map<TenantId, std::int64_t> states;
  Scan scan = database_.scan(Family::sample_state, "", "");
  while (scan.next()) {
    if (const auto day = parse_merged_day_key(scan.key())) {
      recover_merged(scan, *day);
      continue;
    }
    const TenantId id{std::string(scan.key().substr(0, scan.key().size() - 1))};
    const auto payload = scan.payload(ValueType::sample_state);
    const auto state = payload ? decode_state(*payload) : Result<SealedState>(payload.error());
    // Without it every late sample is looked up in chunks, which is slow but right.
    states[id] = state ? state->newest_ms : INT64_MAX;
    if (!state) {
      database_.report_corrupt(state.error());
      continue;
    }
    tenant(id).set_sealed_until(state->newest_ms);
    if (state->arrived_ms) tenant(id).arrived(*state->arrived_ms);
  }
  SLUICE_CHECK(scan.status());
  return states;
}

Result<void> SampleStore::recover_series(const std::map<TenantId, std::int64_t>& states) {
  Scan scan = database_.scan(Family::series, "", "");
  while (scan.next()) {
    auto key = parse_series_key(scan.key());
    if (!key) continue;
    const auto payload = scan.payload(ValueType::series);
    if (!payload) {
      database_.report_corrupt(payload.error());
      continue;
    }
    ByteReader in(*payload);
    LabelSet labels = in.labels();
    if (!in.finished()) {
      database_.report_corrupt({ErrorCode::corrupt, "series labels do not decode"});
      continue;
    }
    const auto state = states.find(key->tenant);
    const std::int64_t sealed_until = state == states.end() ? INT64_MAX : state->second;
    merges_.seen(key->tenant, key->day);
    tenant(key->tenant).add_sealed(key->series, std::move(labels), key->day, sealed_until);
  }
  return scan.status();
}

namespace {

Result<SampleBatch> read_sample_batch(const Scan& scan) {
  const ValueType type = scan.type() == ValueType::histogram_batch ? ValueType::histogram_batch
                                                                   : ValueType::sample_batch;
  SLUICE_TRY(const auto payload, scan.payload(type));
  return decode_sample_batch(type, payload);
}

}  // namespace

Result<void> SampleStore::recover_head() {
  Scan scan = database_.scan(Family::sample_head, "", "");
  std::size_t batches = 0;
  while (scan.next()) {
    const auto number = parse_sequence_key(scan.key());
    if (!number) continue;
    if (next_number_ <= *number) next_number_ = *number + 1;
    auto batch = read_sample_batch(scan);
    if (!batch) {
      database_.report_corrupt(batch.error());
      continue;
    }
    tenant(batch->tenant).add(*number, batch->received, batch->origin, batch->series);
    ++batches;
  }
  if (batches > 0) log_info("recovered unsealed sample writes", {{"batches", batches}});
  return scan.status();
}

}  // namespace sluice::storage
