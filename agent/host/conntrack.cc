// node_nf_conntrack_*: /proc/sys/net/netfilter and /proc/net/stat/nf_conntrack; no data where
// connection tracking is not loaded.
#include <array>
#include <map>
#include <utility>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// Columns of the file and their families, whose type is gauge though they only grow.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> conntrack_columns = {{
    {"drop", "Packets dropped for want of an entry."},
    {"early_drop", "Entries dropped to make room for new ones."},
    {"found", "Entries that were looked for and found."},
    {"ignore", "Packets that belonged to an entry already."},
    {"insert", "Entries inserted."},
    {"insert_failed", "Entries that could not be inserted."},
    {"invalid", "Packets that cannot be tracked."},
    {"search_restart", "Searches begun again because the table was resized."},
}};

}  // namespace

// A line of names, then one line of hexadecimal counts per CPU.
Result<void> parse_conntrack_stat(std::string_view text, Families& out) {
  const auto lines = split_lines_of(text);
  if (lines.empty()) return malformed("nf_conntrack", "it is empty");
  const auto names = split_fields(lines[0]);
  std::map<std::string_view, double> sums;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = split_fields(lines[i]);
    for (std::size_t c = 0; c < fields.size() && c < names.size(); ++c) {
      const auto count = to_hex(fields[c]);
      if (!count) return malformed("nf_conntrack", "odd line `" + std::string(lines[i]) + "`");
      sums[names[c]] += static_cast<double>(*count);
    }
  }
  for (const auto& [column, help] : conntrack_columns)
    if (const auto it = sums.find(column); it != sums.end())
      out.gauge("node_nf_conntrack_stat_" + std::string(column), help, it->second);
  return {};
}

Collector conntrack_collector(const HostRoots& roots) {
  return {"conntrack", [proc = roots.proc](Families& out) -> Result<void> {
            const auto dir = proc + "/sys/net/netfilter/";
            const auto entries = read_number(dir + "nf_conntrack_count");
            const auto limit = read_number(dir + "nf_conntrack_max");
            if (!entries || !limit) return Error{ErrorCode::not_found, dir + " is not readable"};
            out.gauge("node_nf_conntrack_entries", "Connections tracked.", *entries);
            out.gauge("node_nf_conntrack_entries_limit", "Most connections tracked.", *limit);
            const auto stat = read_text(proc + "/net/stat/nf_conntrack");
            return stat ? parse_conntrack_stat(*stat, out) : Result<void>{};
          }};
}

}  // namespace sluice::agent
