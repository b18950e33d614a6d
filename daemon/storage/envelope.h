// The envelope of every stored value: type, payload, checksum (docs/format/keyspace.md).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/types/result.h"
#include "daemon/storage/keys.h"

namespace sluice::storage {

inline constexpr std::size_t checksum_bytes = 8;

// XXH3-64 over key, type and payload.
std::uint64_t value_checksum(std::string_view key, ValueType type, std::string_view payload);

// The payload of a stored value. Error(corrupt) says what does not fit.
Result<std::string_view> open_envelope(std::string_view key, ValueType type,
                                       std::string_view value);

}  // namespace sluice::storage
