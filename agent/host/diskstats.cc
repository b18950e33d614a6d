// node_disk_*: /proc/diskstats, whole devices only (no partitions, ram and loop devices), and what
// udev says of them.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/disk_info.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

struct DiskColumn {
  std::string_view metric;
  MetricType type;
  double unit;  // sectors are 512 bytes, times are milliseconds
  std::string_view help;
};
constexpr auto counter = MetricType::counter;
// In the order of the file, from its fourth field. Older kernels end after 11 or 15 of them.
constexpr std::array<DiskColumn, 17> disk_columns = {{
    {"node_disk_reads_completed_total", counter, 1, "Reads completed."},
    {"node_disk_reads_merged_total", counter, 1, "Reads merged."},
    {"node_disk_read_bytes_total", counter, 512, "Bytes read."},
    {"node_disk_read_time_seconds_total", counter, 0.001, "Seconds spent by reads."},
    {"node_disk_writes_completed_total", counter, 1, "Writes completed."},
    {"node_disk_writes_merged_total", counter, 1, "Writes merged."},
    {"node_disk_written_bytes_total", counter, 512, "Bytes written."},
    {"node_disk_write_time_seconds_total", counter, 0.001, "Seconds spent by writes."},
    {"node_disk_io_now", MetricType::gauge, 1, "I/Os in progress."},
    {"node_disk_io_time_seconds_total", counter, 0.001, "Seconds with I/O in progress."},
    {"node_disk_io_time_weighted_seconds_total", counter, 0.001,
     "Seconds weighted by I/Os in progress."},
    {"node_disk_discards_completed_total", counter, 1, "Discards completed."},
    {"node_disk_discards_merged_total", counter, 1, "Discards merged."},
    {"node_disk_discarded_sectors_total", counter, 1, "Sectors discarded."},
    {"node_disk_discard_time_seconds_total", counter, 0.001, "Seconds spent by discards."},
    {"node_disk_flush_requests_total", counter, 1, "Flush requests completed."},
    {"node_disk_flush_requests_time_seconds_total", counter, 0.001, "Seconds spent by flushes."},
}};

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

std::string_view without_digits_at_end(std::string_view text) {
  const auto last = text.find_last_not_of("0123456789");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// ^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$
bool ignored(std::string_view device) {
  const auto stem = without_digits_at_end(device);
  if (stem.size() == device.size()) return false;
  if (stem == "ram" || stem == "zram" || stem == "loop" || stem == "fd") return true;
  if (stem.size() == 3 && std::string_view("hsv").find(stem[0]) != std::string_view::npos)
    return stem[1] == 'd' && is_letter(stem[2]);
  if (stem.size() == 4 && stem.starts_with("xvd")) return is_letter(stem[3]);
  return stem.starts_with("nvme") && stem.ends_with('p');
}

}  // namespace

Result<void> parse_diskstats(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 4 || ignored(fields[2])) continue;
    const LabelSet labels{{"device", std::string(fields[2])}};
    for (std::size_t i = 0; i < disk_columns.size() && i + 3 < fields.size(); ++i) {
      const auto value = to_number(fields[i + 3]);
      if (!value) return malformed("diskstats", "not a number in `" + std::string(line) + "`");
      const auto& c = disk_columns[i];
      out.family(c.metric, c.type, c.help).values.push_back({labels, *value * c.unit, {}});
    }
  }
  return {};
}

Collector diskstats_collector(const HostRoots& roots) {
  return {"diskstats", [roots](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(roots.proc + "/diskstats"));
            SLUICE_CHECK(parse_diskstats(text, out));
            for (const auto line : split_lines_of(text)) {
              const auto fields = split_fields(line);
              if (fields.size() < 4 || ignored(fields[2])) continue;
              const auto number = std::string(fields[0]) + ":" + std::string(fields[1]);
              emit_disk_info({fields[0], fields[1], fields[2]},
                             text_or_empty(roots.root + "/run/udev/data/b" + number), out);
            }
            return {};
          }};
}

}  // namespace sluice::agent
