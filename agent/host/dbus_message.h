// D-Bus messages: calls to bytes, bytes to answers. The part of the protocol that the agent speaks
// is in docs/format/dbus.md. Pure; every decoder is fuzzed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/types/result.h"

namespace sluice::agent {

struct DbusCall {
  std::string destination;  // empty: the peer itself
  std::string path;
  std::string interface;
  std::string member;
  std::vector<std::string> arguments;  // strings only
};

enum class DbusType : std::uint8_t { call = 1, answer = 2, error = 3, signal = 4 };

struct DbusMessage {
  DbusType type = DbusType::answer;
  std::uint32_t reply_to = 0;  // the serial of the call; 0: none
  std::string error_name;
  std::string signature;
  std::string body;
  bool big_endian = false;
};

inline constexpr std::size_t dbus_head_bytes = 16;
inline constexpr std::size_t dbus_max_message = 8 << 20;

std::string encode_call(const DbusCall& call, std::uint32_t serial);

// Bytes of the whole message that begins with these 16.
Result<std::size_t> dbus_message_size(std::string_view head);
// Of exactly one message.
Result<DbusMessage> decode_dbus_message(std::string_view bytes);

// y, q, u and t as unsigned; n, i and x as signed; s, o and g as text.
using DbusValue = std::variant<std::uint64_t, std::int64_t, double, bool, std::string>;
// The body of an answer of signature `v`.
Result<DbusValue> decode_dbus_variant(const DbusMessage& message);

// What ListUnits says of a unit, without what nobody here uses.
struct SystemdUnit {
  std::string name;
  std::string load_state;
  std::string active_state;
  std::string path;  // of its object
};
// The body of an answer of signature `a(ssssssouso)`.
Result<std::vector<SystemdUnit>> decode_dbus_units(const DbusMessage& message);

}  // namespace sluice::agent
