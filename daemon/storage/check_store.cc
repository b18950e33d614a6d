#include "daemon/storage/check_store.h"

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/decimal_chunk.h"
#include "daemon/storage/delete_request.h"
#include "daemon/storage/head_batch.h"
#include "daemon/storage/histogram_codec.h"
#include "daemon/storage/part_reader.h"
#include "daemon/storage/sample_batch.h"
#include "daemon/storage/sample_chunk.h"

namespace sluice::storage {

namespace {

// Of families with values of several types the one that is there, if it may be.
ValueType value_type(Family family, std::string_view key, ValueType found) {
  if (family == Family::sample_head && found == ValueType::histogram_batch) return found;
  if (family == Family::chunk &&
      (found == ValueType::histogram_chunk || found == ValueType::decimal_chunk))
    return found;
  if (family == Family::sample_state && parse_merged_day_key(key)) return ValueType::merged_day;
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
    case Family::series: return ValueType::series;
    case Family::chunk: return ValueType::chunk;
    case Family::metadata: return ValueType::metadata;
    case Family::sample_state: return ValueType::sample_state;
  }
  return ValueType::format;
}

Error does_not_decode(const char* what) {
  return {ErrorCode::corrupt, std::string(what) + " does not decode"};
}

Result<std::size_t> head_entries(std::string_view payload) {
  SLUICE_TRY(std::string body, unpack_body(payload));
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
      const ValueType type = value_type(family, scan.key(), scan.type());
      const auto payload = scan.payload(type);
      const auto checked =
          payload ? check_value(family, scan.key(), type, *payload) : Result<void>(payload.error());
      if (!checked) found(name + " " + printable_key(scan.key()), checked.error());
    }
    if (const auto status = scan.status(); !status) found(name, status.error());
    return {};
  }

  Result<void> check_value(Family family, std::string_view key, ValueType type,
                           std::string_view payload) {
    ByteReader in(payload);
    switch (family) {
      case Family::part: return check_summary(key, payload);
      case Family::head: return count(head_entries(payload), report_.head_entries);
      case Family::chunk: return count(chunk_size(type, payload), report_.samples);
      case Family::sample_head: return check_sample_batch(type, payload);
      case Family::document: return check_document(key, payload);
      case Family::series: in.labels(); return finished(in, "series");
      case Family::sample_state:
        if (type == ValueType::merged_day) return in.varint(), finished(in, "merged day");
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
      case Family::metadata: return {};
    }
    return {};
  }

  static Result<void> finished(const ByteReader& in, const char* what) {
    return in.finished() ? Result<void>() : does_not_decode(what);
  }

  static Result<std::size_t> chunk_size(ValueType type, std::string_view payload) {
    if (type == ValueType::histogram_chunk) {
      SLUICE_TRY(const auto run, decode_histogram_chunk(payload));
      return run.samples.size();
    }
    SLUICE_TRY(const auto samples, type == ValueType::decimal_chunk ? decode_decimal_chunk(payload)
                                                                    : decode_chunk(payload));
    return samples.size();
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

  Result<void> check_sample_batch(ValueType type, std::string_view payload) {
    SLUICE_TRY(const auto batch, decode_sample_batch(type, payload));
    for (const auto& series : batch.series) report_.samples += series.samples.size();
    return {};
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
};

}  // namespace

Result<CheckReport> check_store(const Database& database, const std::function<bool()>& stop) {
  return StoreCheck(database, stop).run();
}

}  // namespace sluice::storage
