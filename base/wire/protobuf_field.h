// is_field: which field a protozero reader stands at. For decoders only; include it after
// protozero, whose headers stay in .cc files.
#pragma once

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>

namespace sluice {

inline constexpr auto as_varint = protozero::pbf_wire_type::varint;
inline constexpr auto as_fixed64 = protozero::pbf_wire_type::fixed64;
inline constexpr auto as_bytes = protozero::pbf_wire_type::length_delimited;

// True if the current field has this number. Throws what decoders catch if its wire type is
// another: protozero itself only asserts that, and the peer decides it.
inline bool is_field(const protozero::pbf_reader& reader, protozero::pbf_tag_type number,
                     protozero::pbf_wire_type type) {
  if (reader.tag() != number) return false;
  if (reader.wire_type() != type) throw protozero::unknown_pbf_wire_type_exception{};
  return true;
}

}  // namespace sluice
