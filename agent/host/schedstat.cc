// node_schedstat_*: /proc/schedstat, the last three numbers of each cpu line, in nanoseconds.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Result<void> parse_schedstat(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 10 || !fields[0].starts_with("cpu")) continue;
    const auto running = to_number(fields[7]);
    const auto waiting = to_number(fields[8]);
    const auto slices = to_number(fields[9]);
    if (!running || !waiting || !slices) return malformed("schedstat", "not a number");
    const LabelSet labels{{"cpu", std::string(fields[0].substr(3))}};
    out.counter("node_schedstat_running_seconds_total", "Seconds the CPU ran tasks.",
                *running / 1e9, labels);
    out.counter("node_schedstat_waiting_seconds_total", "Seconds tasks waited for the CPU.",
                *waiting / 1e9, labels);
    out.counter("node_schedstat_timeslices_total", "Time slices executed.", *slices, labels);
  }
  return {};
}

Collector schedstat_collector(const HostRoots& roots) {
  return {"schedstat", [path = roots.proc + "/schedstat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_schedstat(text, out);
          }};
}

}  // namespace sluice::agent
