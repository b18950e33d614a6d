#include "daemon/storage/envelope.h"

#include <cstring>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::storage {

std::uint64_t value_checksum(std::string_view key, ValueType type, std::string_view payload) {
  const auto type_byte = static_cast<unsigned char>(type);
  const std::uint64_t seed = XXH3_64bits(key.data(), key.size());
  return XXH3_64bits_withSeed(payload.data(), payload.size(), seed * 257 + type_byte);
}

Result<std::string_view> open_envelope(std::string_view key, ValueType type,
                                       std::string_view value) {
  const auto bad = [&](std::string_view what) {
    return Error{ErrorCode::corrupt, "stored value of type " +
                                         std::to_string(static_cast<int>(type)) + " at key " +
                                         printable_key(key) + ": " + std::string(what)};
  };
  if (value.size() < 1 + checksum_bytes) return bad("shorter than its envelope");
  const auto found = static_cast<unsigned char>(value.front());
  if (found != static_cast<unsigned char>(type))
    return bad("has type " + std::to_string(found) + "; a newer version may have written it");
  const std::string_view payload = value.substr(1, value.size() - 1 - checksum_bytes);
  std::uint64_t stored = 0;
  std::memcpy(&stored, value.data() + value.size() - checksum_bytes, checksum_bytes);
  if (stored != value_checksum(key, type, payload)) return bad("checksum mismatch");
  return payload;
}

}  // namespace sluice::storage
