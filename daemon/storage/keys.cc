#include "daemon/storage/keys.h"

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

constexpr std::uint32_t day_bias = 1U << 31;
constexpr std::uint64_t time_bias = 1ULL << 63;

void append_u32(std::string& out, std::uint32_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
}

void append_u64(std::string& out, std::uint64_t n) {
  append_u32(out, static_cast<std::uint32_t>(n >> 32));
  append_u32(out, static_cast<std::uint32_t>(n));
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (const char c : bytes) n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

void append_tenant(std::string& out, const TenantId& tenant) {
  out += tenant.value;
  out += '\0';
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// day | tenant | u64, with anything behind.
std::optional<PartKey> parse_day_tenant_id(std::string_view key) {
  if (key.size() < 4) return std::nullopt;
  const auto biased = static_cast<std::uint32_t>(read_big_endian(key.substr(0, 4)));
  const std::size_t nul = key.find('\0', 4);
  if (nul == std::string_view::npos || key.size() < nul + 9) return std::nullopt;
  return PartKey{static_cast<Day>(biased - day_bias), TenantId(std::string(key.substr(4, nul - 4))),
                 read_big_endian(key.substr(nul + 1, 8))};
}

}  // namespace

Day day_of(Timestamp t) {
  return static_cast<Day>(floor_div(unix_ns(t), ns_per_day));
}

Day day_of_ms(std::int64_t timestamp_ms) {
  // Samples may be stamped anywhere in 64 bits; days beyond the key's range share its ends.
  const std::int64_t day = floor_div(timestamp_ms, ms_per_day);
  if (day < INT32_MIN) return INT32_MIN;
  return day > INT32_MAX ? INT32_MAX : static_cast<Day>(day);
}

std::string sequence_key(std::uint64_t sequence) {
  std::string key;
  append_u64(key, sequence);
  return key;
}

std::optional<std::uint64_t> parse_sequence_key(std::string_view key) {
  if (key.size() != 8) return std::nullopt;
  return read_big_endian(key);
}

std::string mark_key(const TenantId& tenant, const BatchIdentity& source) {
  std::string key = tenant_key(tenant);
  key += source.agent.value;
  key += '\0';
  key += source.source;
  return key;
}

std::string day_key(Day day) {
  std::string key;
  append_u32(key, static_cast<std::uint32_t>(day) + day_bias);
  return key;
}

std::string tenant_day_key(Day day, const TenantId& tenant) {
  std::string key = day_key(day);
  append_tenant(key, tenant);
  return key;
}

std::string part_key(Day day, const TenantId& tenant, PartId part) {
  std::string key = tenant_day_key(day, tenant);
  append_u64(key, part);
  return key;
}

std::string row_group_key(Day day, const TenantId& tenant, PartId part, std::uint32_t group) {
  std::string key = part_key(day, tenant, part);
  append_u32(key, group);
  return key;
}

std::string row_group_chunk_key(Day day, const TenantId& tenant, PartId part, std::uint32_t group,
                                std::uint32_t chunk) {
  SLUICE_ASSERT(chunk <= UINT16_MAX);
  std::string key = row_group_key(day, tenant, part, group);
  key += static_cast<char>(chunk >> 8);
  key += static_cast<char>(chunk);
  return key;
}

std::optional<PartKey> parse_part_key(std::string_view key) {
  return parse_day_tenant_id(key);
}

bool is_part_key(std::string_view key) {
  const auto parsed = parse_part_key(key);
  return parsed && key == part_key(parsed->day, parsed->tenant, parsed->part);
}

std::string document_key(Keyspace space, std::string_view key) {
  std::string out(1, static_cast<char>(space));
  out += key;
  return out;
}

std::string sample_value_key(Day day, const TenantId& tenant, PartId part, SampleValue what,
                             std::uint32_t index) {
  std::string key = part_key(day, tenant, part);
  key += static_cast<char>(what);
  append_u32(key, index);
  return key;
}

std::optional<SampleValue> parse_sample_value(std::string_view key) {
  const auto part = parse_part_key(key);
  if (!part) return std::nullopt;
  const std::size_t front = part_key(part->day, part->tenant, part->part).size();
  if (key.size() != front + 5) return std::nullopt;
  const auto what = static_cast<SampleValue>(key[front]);
  if (what < SampleValue::index || what > SampleValue::postings) return std::nullopt;
  return what;
}

std::string tenant_key(const TenantId& tenant) {
  SLUICE_ASSERT(tenant.value.find('\0') == std::string::npos);
  std::string key;
  append_tenant(key, tenant);
  return key;
}

std::string metadata_key(const TenantId& tenant, std::string_view family) {
  std::string key = tenant_key(tenant);
  key += family;
  return key;
}

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

std::string printable_key(std::string_view key) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const char c : key.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return key.size() > 40 ? out + "..." : out;
}

}  // namespace sluice::storage
