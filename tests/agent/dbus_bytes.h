// D-Bus messages as a peer would write them: what the agent only reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/systemd.h"

namespace sluice::agent {

// Bytes with D-Bus' alignment, in either byte order. A value that comes to stand inside another one
// begins at an offset: at(4) counts from 4.
class DbusBytes {
 public:
  explicit DbusBytes(bool big = false) : big_(big) {}
  DbusBytes& at(std::size_t offset) {
    offset_ = offset;
    return *this;
  }
  DbusBytes& byte(std::uint8_t b) {
    out_.push_back(static_cast<char>(b));
    return *this;
  }
  DbusBytes& align(std::size_t to) {
    while ((offset_ + out_.size()) % to != 0) out_.push_back('\0');
    return *this;
  }
  DbusBytes& u32(std::uint32_t n) { return number(n, 4); }
  DbusBytes& u64(std::uint64_t n) { return number(n, 8); }
  DbusBytes& string(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    out_.append(text).push_back('\0');
    return *this;
  }
  DbusBytes& signature(std::string_view text) {
    byte(static_cast<std::uint8_t>(text.size()));
    out_.append(text).push_back('\0');
    return *this;
  }
  // Padded to where it said it begins.
  DbusBytes& append(const DbusBytes& other) {
    while (out_.size() < other.offset_) out_.push_back('\0');
    out_ += other.out_;
    return *this;
  }
  const std::string& text() const { return out_; }

 private:
  DbusBytes& number(std::uint64_t n, std::size_t bytes) {
    align(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
      out_.push_back(static_cast<char>(n >> (8 * (big_ ? bytes - 1 - i : i))));
    return *this;
  }

  bool big_;
  std::size_t offset_ = 0;
  std::string out_;
};

inline std::string dbus_message(DbusType type, std::uint32_t reply_to, std::string_view signature,
                                const DbusBytes& body, bool big = false) {
  DbusBytes out(big);
  out.byte(big ? 'B' : 'l').byte(static_cast<std::uint8_t>(type)).byte(1).byte(1);
  out.u32(static_cast<std::uint32_t>(body.text().size())).u32(1000);
  DbusBytes fields(big);  // begins at 16, which is aligned to everything
  if (reply_to != 0) fields.align(8).byte(5).signature("u").u32(reply_to);
  fields.align(8).byte(7).signature("s").string(":1.1");
  if (!signature.empty()) fields.align(8).byte(8).signature("g").signature(signature);
  out.u32(static_cast<std::uint32_t>(fields.text().size())).append(fields).align(8);
  return out.text() + body.text();
}

inline std::string dbus_answer(std::uint32_t reply_to, std::string_view signature,
                               const DbusBytes& body, bool big = false) {
  return dbus_message(DbusType::answer, reply_to, signature, body, big);
}

inline std::string dbus_signal() {
  return dbus_message(DbusType::signal, 0, "s", DbusBytes().string("noise"));
}

// The body of ListUnits' answer.
inline DbusBytes dbus_unit_list(const std::vector<SystemdUnit>& units, bool big = false) {
  DbusBytes list(big);  // begins at 8 in the body
  for (const auto& u : units) {
    list.align(8).string(u.name).string("A description").string(u.load_state);
    list.string(u.active_state).string("running").string("").string(u.path);
    list.u32(0).string("").string("/");
  }
  DbusBytes body(big);
  body.u32(static_cast<std::uint32_t>(list.text().size())).align(8).append(list);
  return body;
}

}  // namespace sluice::agent
