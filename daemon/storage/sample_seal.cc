// SampleStore: the seal step and recovery.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/sample_part_writer.h"
#include "daemon/storage/sample_store.h"

namespace sluice::storage {

namespace {

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

// Windows written at once. More take another walk over the head.
constexpr std::size_t windows_at_once = 8;

// Writers of some of the windows that a head has samples of.
class WindowWriters {
 public:
  using Make = std::function<std::unique_ptr<SamplePartWriter>(std::int64_t first_ms)>;
  // Of windows that are not among `done`.
  WindowWriters(Make make, const std::set<std::int64_t>& done)
      : make_(std::move(make)), done_(done) {}

  Result<void> add(const std::string& key, const SampleRun& run) {
    const auto& samples = run.samples;
    for (auto begin = samples.begin(); begin != samples.end();) {
      const std::int64_t window = window_of(begin->timestamp_ms);
      const auto end = std::find_if(begin, samples.end(), [&](const Sample& sample) {
        return window_of(sample.timestamp_ms) != window;
      });
      if (SamplePartWriter* writer = writer_of(window, begin->timestamp_ms)) {
        SampleRun piece;
        for (auto it = begin; it != end; ++it) append_sample(piece, *it, run.histograms);
        SLUICE_CHECK(writer->add(key, std::move(piece)));
      }
      begin = end;
    }
    return {};
  }
  bool left_some() const { return left_some_; }
  std::map<std::int64_t, std::unique_ptr<SamplePartWriter>>& writers() { return writers_; }

 private:
  // Null: a later walk will take it, or an earlier one did.
  SamplePartWriter* writer_of(std::int64_t window, std::int64_t first_ms) {
    if (done_.count(window) > 0) return nullptr;
    if (const auto it = writers_.find(window); it != writers_.end()) return it->second.get();
    if (writers_.size() == windows_at_once) {
      left_some_ = true;
      return nullptr;
    }
    return (writers_[window] = make_(first_ms)).get();
  }

  const Make make_;
  const std::set<std::int64_t>& done_;
  bool left_some_ = false;
  std::map<std::int64_t, std::unique_ptr<SamplePartWriter>> writers_;
};

void abandon(WindowWriters& windows) {
  for (auto& [window, writer] : windows.writers()) writer->abandon();
}

}  // namespace

Result<void> SampleStore::write_windows(const TenantSamples& samples,
                                        const TenantSamples::Sealing& sealing,
                                        std::set<std::int64_t>& done,
                                        std::vector<SamplePart>& parts) {
  WindowWriters windows(
      [&](std::int64_t first_ms) {
        return std::make_unique<SamplePartWriter>(database_, samples.tenant(), day_of_ms(first_ms),
                                                  next_number_.fetch_add(1),
                                                  options_.seal_zstd_level);
      },
      done);
  const auto write = [&]() -> Result<void> {
    for (const HeadSeriesPtr& series : sealing.series)
      SLUICE_CHECK(windows.add(series->key(), samples.frozen(*series)));
    for (auto& [window, writer] : windows.writers()) {
      SLUICE_TRY(SamplePart part, writer->finish());
      part.summary.number = part.id;
      parts.push_back(std::move(part));
    }
    return {};
  };
  auto written = write();
  if (!written) abandon(windows);
  for (const auto& [window, writer] : windows.writers()) done.insert(window);
  if (written && windows.left_some()) return write_windows(samples, sealing, done, parts);
  return written;
}

Result<void> SampleStore::seal_tenant(TenantSamples& samples) {
  const auto started = std::chrono::steady_clock::now();
  const auto sealing = samples.begin_seal();
  std::set<std::int64_t> done;
  std::vector<SamplePart> parts;
  SLUICE_CHECK(write_windows(samples, sealing, done, parts));
  Batch step = database_.batch();
  for (const SamplePart& part : parts)
    step.put(Family::sample_part, part.key(), ValueType::sample_part,
             encode_sample_summary(part.summary));
  for (const std::uint64_t batch : sealing.batches)
    step.remove_once(Family::sample_head, sequence_key(batch));
  const std::int64_t newest = std::max(sealing.newest, samples.newest().value_or(INT64_MIN));
  step.put(Family::sample_state, tenant_key(samples.tenant()), ValueType::sample_state,
           encode_state({newest, samples.newest_arrived()}));
  SLUICE_CHECK(samples.end_seal(sealing, std::move(parts),
                                [&] { return database_.write(step, Writer::maintenance); }));
  sealed_batches_ = true;
  metrics_.seal_seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  return {};
}

Result<void> SampleStore::recover() {
  SLUICE_CHECK(metadata_.recover(database_));
  SLUICE_CHECK(recover_states());
  SLUICE_CHECK(recover_parts());
  SLUICE_CHECK(remove_orphans());
  SLUICE_CHECK(recover_head());
  update_gauges();
  return {};
}

Result<void> SampleStore::recover_states() {
  Scan scan = database_.scan(Family::sample_state, "", "");
  while (scan.next()) {
    const TenantId id{std::string(scan.key().substr(0, scan.key().size() - 1))};
    const auto payload = scan.payload(ValueType::sample_state);
    const auto state = payload ? decode_state(*payload) : Result<SealedState>(payload.error());
    if (!state) {
      database_.report_corrupt(state.error());
      continue;
    }
    tenant(id).set_sealed_until(state->newest_ms);
    if (state->arrived_ms) tenant(id).arrived(*state->arrived_ms);
  }
  return scan.status();
}

Result<void> SampleStore::recover_parts() {
  Scan scan = database_.scan(Family::sample_part, "", "");
  while (scan.next()) {
    const auto key = parse_part_key(scan.key());
    if (!key) continue;
    next_number_ = std::max(next_number_.load(), key->part + 1);
    const auto payload = scan.payload(ValueType::sample_part);
    const auto summary =
        payload ? decode_sample_summary(*payload) : Result<SamplePartSummary>(payload.error());
    if (!summary) {
      database_.report_corrupt(summary.error());
      continue;
    }
    TenantSamples& samples = tenant(key->tenant);
    // If the state is lost, parts tell as much.
    samples.set_sealed_until(summary->last_ms);
    samples.recover_part({key->day, key->tenant, key->part, *summary, 0});
  }
  return scan.status();
}

// Values of parts whose last step never came.
Result<void> SampleStore::remove_orphans() {
  std::string from;
  for (;;) {
    Scan scan = database_.scan(Family::sample_rows, from, "");
    if (!scan.next()) return scan.status();
    const auto key = parse_part_key(scan.key());
    if (!key) return Error{ErrorCode::corrupt, "a key of sample rows is none"};
    const std::string prefix = part_key(key->day, key->tenant, key->part);
    next_number_ = std::max(next_number_.load(), key->part + 1);
    SLUICE_TRY(const bool known, has_part(prefix));
    if (!known) {
      Batch step = database_.batch();
      step.remove_range(Family::sample_rows, prefix, prefix_end(prefix));
      SLUICE_CHECK(database_.write(step, Writer::maintenance));
      log_info("removed what an interrupted step had left", {{"part", key->part}});
    }
    from = prefix_end(prefix);
    if (from.empty()) return {};
  }
}

// A summary that is damaged keeps its part, too: nothing is removed that may be needed again.
Result<bool> SampleStore::has_part(const std::string& key) const {
  const auto value = database_.get(Family::sample_part, key, ValueType::sample_part);
  if (value) return value->has_value();
  if (value.error().code == ErrorCode::corrupt) return true;
  return value.error();
}

Result<void> SampleStore::recover_head() {
  Scan scan = database_.scan(Family::sample_head, "", "");
  std::size_t batches = 0;
  while (scan.next()) {
    const auto number = parse_sequence_key(scan.key());
    if (!number) continue;
    next_number_ = std::max(next_number_.load(), *number + 1);
    const auto payload = scan.payload(ValueType::sample_batch);
    auto batch = payload ? decode_sample_batch(*payload) : Result<SampleBatch>(payload.error());
    if (!batch) {
      database_.report_corrupt(batch.error());
      continue;
    }
    if (!tenant(batch->tenant).recover(*batch, *number))
      database_.report_corrupt(
          {ErrorCode::corrupt, "a sample batch names series whose labels are lost"});
    ++batches;
  }
  for (TenantSamples* samples : tenants()) samples->recovered();
  if (batches > 0) log_info("recovered unsealed sample writes", {{"batches", batches}});
  return scan.status();
}

}  // namespace sluice::storage
