// Every family, key and value type of the database, so that the sort order can be reviewed at a
// glance. The page is docs/format/keyspace.md; numbers are frozen, zero is never written.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/types/ids.h"
#include "base/types/time.h"
#include "base/wire/batch_identity.h"
#include "daemon/storage/store.h"

namespace sluice::storage {

inline constexpr std::uint64_t format_version = 3;
inline constexpr std::uint64_t oldest_format_version = 3;  // that is read

// Column families; the index is the position in `family_names`, the name is what is on disk.
enum class Family : std::uint8_t {
  meta,
  head,
  mark,
  part,
  directory,
  group,
  rows,
  document,
  sample_head,
  sample_part,
  sample_rows,
  metadata,
  sample_state,
};
inline constexpr std::array<std::string_view, 13> family_names = {
    "default",  "head",        "mark",        "part",        "directory", "group",       "rows",
    "document", "sample_head", "sample_part", "sample_rows", "metadata",  "sample_state"};

// First byte of every value.
enum class ValueType : std::uint8_t {
  format = 1,
  head_batch = 2,
  mark = 3,
  part_summary = 4,
  part_directory = 5,
  // 6 was the row group of format 1.
  document = 7,
  // 8, 9, 10, 16, 17, 18 and 19 were batches, series and chunks of format 2.
  metadata = 11,
  sample_state = 12,
  template_list = 13,
  row_group_header = 14,
  row_group_chunk = 15,
  sample_batch = 32,
  sample_part = 33,
  sample_index = 34,
  sample_labels = 35,
  sample_values = 36,
  sample_times = 37,
  sample_names = 38,
  sample_postings = 39,
};

// Where the values of a part lie, under keys that begin with part_key().
inline constexpr std::array part_families = {Family::part, Family::directory, Family::group,
                                             Family::rows};
inline constexpr std::array sample_part_families = {Family::sample_part, Family::sample_rows};

// Days since 1970-01-01 UTC, possibly negative.
using Day = std::int32_t;
inline constexpr std::int64_t ns_per_day = 86'400'000'000'000;
inline constexpr std::int64_t ms_per_day = 86'400'000;
Day day_of(Timestamp t);
Day day_of_ms(std::int64_t timestamp_ms);

using PartId = std::uint64_t;

inline constexpr std::string_view format_key = "format";

std::string sequence_key(std::uint64_t sequence);  // head and sample_head
std::optional<std::uint64_t> parse_sequence_key(std::string_view key);

std::string mark_key(const TenantId& tenant, const BatchIdentity& source);

// day | tenant | part [| group [| chunk]]: part, directory, group, rows
std::string part_key(Day day, const TenantId& tenant, PartId part);
std::string row_group_key(Day day, const TenantId& tenant, PartId part, std::uint32_t group);
std::string row_group_chunk_key(Day day, const TenantId& tenant, PartId part, std::uint32_t group,
                                std::uint32_t chunk);  // below 65,536
struct PartKey {
  Day day = 0;
  TenantId tenant;
  PartId part = 0;
};
// Also reads the front of the keys of row groups and chunks.
std::optional<PartKey> parse_part_key(std::string_view key);
// Whether it is a part_key() and nothing more.
bool is_part_key(std::string_view key);

// The first key of a day, for range removal: part, directory, group, rows, sample_part,
// sample_rows.
std::string day_key(Day day);

// day | tenant: a tenant's day, for range removal in the same families.
std::string tenant_day_key(Day day, const TenantId& tenant);

std::string document_key(Keyspace space, std::string_view key);

// part_key | what | index: sample_rows. sample_part has part_key() itself.
enum class SampleValue : std::uint8_t {
  index = 1,
  times = 2,
  labels = 3,
  values = 4,
  names = 5,
  postings = 6,
};
std::string sample_value_key(Day day, const TenantId& tenant, PartId part, SampleValue what,
                             std::uint32_t index);
std::optional<SampleValue> parse_sample_value(std::string_view key);

std::string tenant_key(const TenantId& tenant);  // sample_state; the prefix of metadata
std::string metadata_key(const TenantId& tenant, std::string_view family);

// The smallest key above all keys that begin with `prefix`; empty if there is none.
std::string prefix_end(std::string prefix);

// For messages: hex of at most 40 bytes.
std::string printable_key(std::string_view key);

}  // namespace sluice::storage
