#include "daemon/storage/check_store.h"

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/delete_request.h"
#include "daemon/storage/head_encode.h"
#include "daemon/storage/part_postings.h"
#include "daemon/storage/part_reader.h"
#include "daemon/storage/part_sources.h"
#include "daemon/storage/sample_batch.h"

namespace sluice::storage {

namespace {

// Of values of sample parts; with a key that is none the index's, which will not decode.
ValueType sample_value_type(std::string_view key) {
  switch (parse_sample_value(key).value_or(SampleValue::index)) {
    case SampleValue::index: return ValueType::sample_index;
    case SampleValue::times: return ValueType::sample_times;
    case SampleValue::labels: return ValueType::sample_labels;
    case SampleValue::values: return ValueType::sample_values;
    case SampleValue::names: return ValueType::sample_names;
    case SampleValue::postings: return ValueType::sample_postings;
  }
  return ValueType::sample_index;
}

ValueType value_type(Family family, std::string_view key) {
  switch (family) {
    case Family::meta: return ValueType::format;
    case Family::head: return ValueType::head_batch;
    case Family::mark: return ValueType::mark;
    case Family::part: return ValueType::part_summary;
    case Family::directory: return ValueType::part_directory;
    case Family::group:
      return is_part_key(key) ? ValueType::template_list : ValueType::row_group_header;
    case Family::rows: return ValueType::row_group_chunk;
    case Family::document: return ValueType::document;
    case Family::sample_head: return ValueType::sample_batch;
    case Family::sample_part: return ValueType::sample_part;
    case Family::sample_rows: return sample_value_type(key);
    case Family::metadata: return ValueType::metadata;
    case Family::sample_state: return ValueType::sample_state;
  }
  return ValueType::format;
}

Error does_not_decode(const char* what) {
  return {ErrorCode::corrupt, std::string(what) + " does not decode"};
}

Result<std::size_t> head_entries(std::string_view payload) {
  SLUICE_TRY(HeadBody body, unpack_head(payload));
  SLUICE_TRY(const auto batch, HeadBatch::parse(std::move(body), 1, [](LabelSet labels) {
               return std::make_shared<const LabelSet>(std::move(labels));
             }));
  return batch->entries();
}

class StoreCheck {
 public:
  StoreCheck(const Database& database, const std::function<bool()>& stop)
      : database_(database), stop_(stop), snapshot_(database.snapshot()) {}

  Result<CheckReport> run() {
    if (database_.log_damage()) found("log", *database_.log_damage());
    for (std::size_t i = 0; i < family_names.size(); ++i)
      SLUICE_CHECK(check_family(static_cast<Family>(i)));
    for (const Part& part : parts_) {
      if (stop_()) return stopped();
      if (auto read = read_part(part); !read)
        found("part " + printable_key(part_key(part.day, part.tenant, part.id)), read.error());
    }
    for (const SamplePartPtr& part : sample_parts_) {
      if (stop_()) return stopped();
      if (auto read = read_sample_part(part); !read)
        found("sample part " + printable_key(part->key()), read.error());
    }
    return std::move(report_);
  }

 private:
  static Error stopped() { return {ErrorCode::cancelled, "the check was stopped"}; }

  void found(const std::string& where, const Error& error) {
    ++report_.damaged;
    if (report_.problems.size() < check_problems_max)
      report_.problems.push_back(where + ": " + error.message);
  }

  // Damage below our own values ends the walk through a family; its parts are still read one by
  // one.
  Result<void> check_family(Family family) {
    const std::string name(family_names[static_cast<std::size_t>(family)]);
    Scan scan = database_.scan(family, "", "", snapshot_.get());
    while (scan.next()) {
      if (stop_()) return stopped();
      ++report_.values;
      report_.bytes += scan.key().size() + scan.raw_value().size();
      const ValueType type = value_type(family, scan.key());
      const auto payload = scan.payload(type);
      const auto checked =
          payload ? check_value(family, scan.key(), *payload) : Result<void>(payload.error());
      if (!checked) found(name + " " + printable_key(scan.key()), checked.error());
    }
    if (const auto status = scan.status(); !status) found(name, status.error());
    return {};
  }

  Result<void> check_value(Family family, std::string_view key, std::string_view payload) {
    ByteReader in(payload);
    switch (family) {
      case Family::part: return check_summary(key, payload);
      case Family::head: return count(head_entries(payload), report_.head_entries);
      case Family::sample_part: return check_sample_summary(key, payload);
      case Family::sample_head: return check_sample_batch(payload);
      case Family::document: return check_document(key, payload);
      case Family::sample_state:
        in.zigzag();
        if (in.varint() != 0) in.zigzag();
        return finished(in, "sample state");
      case Family::mark:
        in.varint();
        in.zigzag();
        return finished(in, "mark");
      case Family::meta:
      case Family::directory:  // decoded with their part
      case Family::group:
      case Family::rows:
      case Family::sample_rows:
      case Family::metadata: return {};
    }
    return {};
  }

  static Result<void> finished(const ByteReader& in, const char* what) {
    return in.finished() ? Result<void>() : does_not_decode(what);
  }

  static Result<void> count(const Result<std::size_t>& items, std::uint64_t& total) {
    if (!items) return items.error();
    total += *items;
    return {};
  }

  Result<void> check_summary(std::string_view key, std::string_view payload) {
    SLUICE_TRY(const auto summary, decode_summary(payload));
    const auto parsed = parse_part_key(key);
    if (!parsed) return does_not_decode("key");
    parts_.push_back({parsed->day, parsed->tenant, parsed->part, summary});
    ++report_.parts;
    return {};
  }

  Result<void> check_sample_summary(std::string_view key, std::string_view payload) {
    SLUICE_TRY(const auto summary, decode_sample_summary(payload));
    const auto parsed = parse_part_key(key);
    if (!parsed) return does_not_decode("key");
    sample_parts_.push_back(std::make_shared<const SamplePart>(
        SamplePart{parsed->day, parsed->tenant, parsed->part, summary, 0}));
    return {};
  }

  Result<void> check_sample_batch(std::string_view payload) {
    SLUICE_TRY(const auto batch, decode_sample_batch(payload));
    report_.samples += batch.samples.size();
    return {};
  }

  Result<void> read_sample_part(const SamplePartPtr& part) {
    SamplePartCache cache(database_, 0);
    SamplePartCursor cursor(cache, part, database_.snapshot(), every_series());
    std::uint64_t samples = 0;
    for (;;) {
      SLUICE_TRY(const bool more, cursor.next());
      if (!more) break;
      SLUICE_TRY(const SampleRun run, cursor.read());
      samples += run.samples.size();
    }
    report_.samples += samples;
    SLUICE_CHECK(PartPostings(cache, *part, snapshot_.get()).check());
    if (samples == part->summary.samples) return {};
    return Error{ErrorCode::corrupt, "it has " + std::to_string(samples) +
                                         " samples, its summary says " +
                                         std::to_string(part->summary.samples)};
  }

  static Result<void> check_document(std::string_view key, std::string_view payload) {
    if (key.empty() || key.front() != static_cast<char>(Keyspace::deletion)) return {};
    SLUICE_CHECK(decode_request(std::string(key.substr(key.rfind('\0') + 1)), payload));
    return {};
  }

  Result<void> read_part(const Part& part) {
    PartCache cache(database_, 0);  // keeps nothing: each value is read once
    PartReader reader(database_, *snapshot_, part);
    SLUICE_CHECK(reader.open(cache));
    std::uint64_t rows = 0;
    for (;;) {
      SLUICE_TRY(const bool more, reader.next());
      if (!more) break;
      ++rows;
    }
    report_.rows += rows;
    if (rows == part.summary.rows) return {};
    return Error{ErrorCode::corrupt, "it has " + std::to_string(rows) + " rows, its summary says " +
                                         std::to_string(part.summary.rows)};
  }

  const Database& database_;
  const std::function<bool()>& stop_;
  const std::unique_ptr<Snapshot> snapshot_;
  CheckReport report_;
  std::vector<Part> parts_;
  SamplePartList sample_parts_;
};

}  // namespace

Result<CheckReport> check_store(const Database& database, const std::function<bool()>& stop) {
  return StoreCheck(database, stop).run();
}

}  // namespace sluice::storage
