// The formats of files in cgroup directories.
#include <algorithm>

#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

DeviceIo& device(std::vector<DeviceIo>& all, std::string_view number) {
  for (auto& io : all)
    if (io.number == number) return io;
  all.push_back({.number = std::string(number)});
  return all.back();
}

bool is_device(std::string_view field) {
  return field.find(':') != std::string_view::npos;
}

using Slot = double DeviceIo::*;

void read_blkio(std::string_view text, Slot read, Slot write, std::vector<DeviceIo>& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() != 3 || !is_device(fields[0])) continue;
    const auto value = to_number(fields[2]);
    if (value && fields[1] == "Read") device(out, fields[0]).*read = *value;
    if (value && fields[1] == "Write") device(out, fields[0]).*write = *value;
  }
}

void set_io(std::string_view field, DeviceIo& io) {
  const auto equals = field.find('=');
  if (equals == std::string_view::npos) return;
  const auto key = field.substr(0, equals);
  const auto value = to_number(field.substr(equals + 1)).value_or(0);
  if (key == "rbytes") io.read_bytes = value;
  if (key == "wbytes") io.write_bytes = value;
  if (key == "rios") io.reads = value;
  if (key == "wios") io.writes = value;
}

}  // namespace

KeyValues parse_flat_keyed(std::string_view text) {
  KeyValues out;
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() != 2) continue;
    if (const auto value = to_number(fields[1])) out.emplace_back(fields[0], *value);
  }
  return out;
}

Maybe find_key(const KeyValues& values, std::string_view key) {
  for (const auto& [name, value] : values)
    if (name == key) return value;
  return std::nullopt;
}

std::vector<DeviceIo> parse_io_stat(std::string_view text) {
  std::vector<DeviceIo> out;
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 2 || !is_device(fields[0])) continue;
    auto& io = device(out, fields[0]);
    for (const auto field : fields) set_io(field, io);
  }
  return out;
}

std::vector<DeviceIo> parse_blkio(std::string_view bytes, std::string_view requests) {
  std::vector<DeviceIo> out;
  read_blkio(bytes, &DeviceIo::read_bytes, &DeviceIo::write_bytes, out);
  read_blkio(requests, &DeviceIo::reads, &DeviceIo::writes, out);
  return out;
}

Pressure parse_cgroup_pressure(std::string_view resource, std::string_view text) {
  constexpr std::string_view total = "total=";
  constexpr double microseconds = 1e6;
  Pressure out{resource, 0, 0};
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.empty() || !fields.back().starts_with(total)) continue;
    const auto value = to_number(fields.back().substr(total.size())).value_or(0) / microseconds;
    if (fields[0] == "some") out.waiting = value;
    if (fields[0] == "full") out.stalled = value;
  }
  return out;
}

}  // namespace sluice::agent
