// CRC-32C (Castagnoli polynomial, reflected), as iSCSI has it: RFC 3720, appendix B.4.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::storage {

inline constexpr std::uint32_t crc32c_polynomial = 0x82F63B78;

std::uint32_t crc32c(std::string_view bytes);

}  // namespace sluice::storage
