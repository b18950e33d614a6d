#include "agent/host/dbus_message.h"

#include <bit>
#include <cstring>

namespace sluice::agent {
namespace {

enum Field : std::uint8_t {
  path_field = 1,
  interface_field = 2,
  member_field = 3,
  error_field = 4,
  reply_field = 5,
  destination_field = 6,
  signature_field = 8,
};

constexpr std::string_view units_signature = "a(ssssssouso)";

std::size_t aligned(std::size_t at, std::size_t to) {
  return (at + to - 1) / to * to;
}

Error odd(std::string_view what) {
  return {ErrorCode::parse, "D-Bus message: " + std::string(what)};
}

class Writer {
 public:
  void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b)); }
  void align(std::size_t to) { out_.resize(aligned(out_.size(), to), '\0'); }
  void u32(std::uint32_t n) {
    align(4);
    put_u32(out_.size(), n);
  }
  void string(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    out_.append(text).push_back('\0');
  }
  void signature(std::string_view text) {
    byte(static_cast<std::uint8_t>(text.size()));
    out_.append(text).push_back('\0');
  }
  void field(Field code, std::string_view type, std::string_view text) {
    if (text.empty()) return;
    align(8);
    byte(code);
    signature(type);
    if (type == "g")
      signature(text);
    else
      string(text);
  }
  void put_u32(std::size_t at, std::uint32_t n) {
    if (out_.size() < at + 4) out_.resize(at + 4);
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<char>(n >> (8 * i));
  }
  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Every read is checked; the first failure sticks, and what is read after it is empty.
class Reader {
 public:
  Reader(std::string_view bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}

  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }
  void align(std::size_t to) { skip(aligned(at_, to) - at_); }
  void skip(std::size_t n) { static_cast<void>(take(n)); }

  template <class T>
  T number() {
    align(sizeof(T));
    const auto raw = take(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const auto byte = static_cast<unsigned char>(raw[big_ ? i : raw.size() - 1 - i]);
      value = static_cast<T>(static_cast<T>(value << 7 << 1) | byte);
    }
    return value;
  }
  std::string_view string() { return terminated(number<std::uint32_t>()); }
  std::string_view signature() { return terminated(number<std::uint8_t>()); }

 private:
  std::string_view take(std::size_t n) {
    ok_ = ok_ && n <= bytes_.size() - at_;
    if (!ok_) return {};
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  std::string_view terminated(std::size_t n) {
    const auto text = take(n);
    if (take(1) != std::string_view("\0", 1)) ok_ = false;
    return text;
  }

  std::string_view bytes_;
  bool big_;
  bool ok_ = true;
  std::size_t at_ = 0;
};

Result<DbusValue> read_value(Reader& in, std::string_view type) {
  if (type.size() != 1) return odd("a value of type `" + std::string(type) + "` is not understood");
  switch (type[0]) {
    case 'y': return DbusValue(std::uint64_t{in.number<std::uint8_t>()});
    case 'q': return DbusValue(std::uint64_t{in.number<std::uint16_t>()});
    case 'u': return DbusValue(std::uint64_t{in.number<std::uint32_t>()});
    case 't': return DbusValue(in.number<std::uint64_t>());
    case 'n': return DbusValue(std::int64_t{static_cast<std::int16_t>(in.number<std::uint16_t>())});
    case 'i': return DbusValue(std::int64_t{static_cast<std::int32_t>(in.number<std::uint32_t>())});
    case 'x': return DbusValue(static_cast<std::int64_t>(in.number<std::uint64_t>()));
    case 'd': return DbusValue(std::bit_cast<double>(in.number<std::uint64_t>()));
    case 'b': return DbusValue(in.number<std::uint32_t>() != 0);
    case 's':
    case 'o': return DbusValue(std::string(in.string()));
    case 'g': return DbusValue(std::string(in.signature()));
    default: return odd("a value of type `" + std::string(type) + "` is not understood");
  }
}

void set_field(std::uint8_t code, const DbusValue& value, DbusMessage& out) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* number = std::get_if<std::uint64_t>(&value);
  if (code == error_field && text) out.error_name = *text;
  if (code == signature_field && text) out.signature = *text;
  if (code == reply_field && number) out.reply_to = static_cast<std::uint32_t>(*number);
}

struct Sizes {
  std::size_t fields = 0;  // bytes of the array of fields
  std::size_t body = 0;
  std::size_t body_at = 0;
};

Result<Sizes> read_sizes(std::string_view head) {
  if (head.size() < dbus_head_bytes) return odd("shorter than its head");
  if (head[0] != 'l' && head[0] != 'B') return odd("neither little nor big endian");
  if (head[3] != 1) return odd("of another version of the protocol");
  Reader in(head, head[0] == 'B');
  in.skip(4);
  Sizes s;
  s.body = in.number<std::uint32_t>();
  in.skip(4);
  s.fields = in.number<std::uint32_t>();
  s.body_at = aligned(dbus_head_bytes + s.fields, 8);
  if (s.fields > dbus_max_message || s.body > dbus_max_message ||
      s.body_at + s.body > dbus_max_message)
    return Error{ErrorCode::too_large,
                 "D-Bus message: larger than " + std::to_string(dbus_max_message) + " bytes"};
  return s;
}

SystemdUnit read_unit(Reader& in) {
  SystemdUnit u;
  in.align(8);
  u.name = in.string();
  static_cast<void>(in.string());  // description
  u.load_state = in.string();
  u.active_state = in.string();
  static_cast<void>(in.string());  // sub state
  static_cast<void>(in.string());  // followed
  u.path = in.string();
  static_cast<void>(in.number<std::uint32_t>());  // job
  static_cast<void>(in.string());                 // job type
  static_cast<void>(in.string());                 // job path
  return u;
}

}  // namespace

std::string encode_call(const DbusCall& call, std::uint32_t serial) {
  Writer body;
  for (const auto& argument : call.arguments) body.string(argument);
  const auto bytes = body.take();
  Writer out;
  out.byte('l');
  out.byte(static_cast<std::uint8_t>(DbusType::call));
  out.byte(0);  // flags
  out.byte(1);  // version
  out.u32(static_cast<std::uint32_t>(bytes.size()));
  out.u32(serial);
  out.u32(0);  // bytes of the fields, known below
  out.field(path_field, "o", call.path);
  out.field(interface_field, "s", call.interface);
  out.field(member_field, "s", call.member);
  out.field(destination_field, "s", call.destination);
  out.field(signature_field, "g", std::string(call.arguments.size(), 's'));
  out.put_u32(dbus_head_bytes - 4, static_cast<std::uint32_t>(out.size() - dbus_head_bytes));
  out.align(8);
  return out.take() + bytes;
}

Result<std::size_t> dbus_message_size(std::string_view head) {
  SLUICE_TRY(const auto sizes, read_sizes(head));
  return sizes.body_at + sizes.body;
}

Result<DbusMessage> decode_dbus_message(std::string_view bytes) {
  SLUICE_TRY(const auto sizes, read_sizes(bytes));
  if (bytes.size() != sizes.body_at + sizes.body) return odd("not as long as it says");
  DbusMessage out;
  out.big_endian = bytes[0] == 'B';
  if (bytes[1] < 1 || bytes[1] > 4) return odd("of an unknown type");
  out.type = static_cast<DbusType>(bytes[1]);
  const auto end = dbus_head_bytes + sizes.fields;
  Reader in(bytes.substr(0, end), out.big_endian);
  in.skip(dbus_head_bytes);
  while (in.ok() && in.at() < end) {
    in.align(8);
    const auto code = in.number<std::uint8_t>();
    SLUICE_TRY(const auto value, read_value(in, in.signature()));
    set_field(code, value, out);
  }
  if (!in.ok()) return odd("a field ends too early");
  out.body = bytes.substr(sizes.body_at);
  return out;
}

Result<DbusValue> decode_dbus_variant(const DbusMessage& message) {
  if (message.signature != "v") return odd("`" + message.signature + "` is not a variant");
  Reader in(message.body, message.big_endian);
  SLUICE_TRY(auto value, read_value(in, in.signature()));
  if (!in.ok()) return odd("a variant ends too early");
  return value;
}

Result<std::vector<SystemdUnit>> decode_dbus_units(const DbusMessage& message) {
  if (message.signature != units_signature)
    return odd("`" + message.signature + "` is not a list of units");
  Reader in(message.body, message.big_endian);
  const std::size_t bytes = in.number<std::uint32_t>();
  in.align(8);
  const auto end = in.at() + bytes;
  std::vector<SystemdUnit> out;
  while (in.ok() && in.at() < end) out.push_back(read_unit(in));
  if (!in.ok() || in.at() != end) return odd("a list of units ends too early");
  return out;
}

}  // namespace sluice::agent
