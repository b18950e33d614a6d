#include "agent/host/containers/container_processes.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "agent/host/containers/cgroup_tree.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::size_t most_processes = 4096;
constexpr std::size_t looked_at = 16;
constexpr std::size_t deepest_below = 8;
constexpr std::size_t most_below = 64;  // of empty cgroups in one container there may be thousands

// `left`: cgroups that may still be looked at.
std::string first_process_below(const std::string& directory, std::size_t depth,
                                std::size_t& left) {
  if (left == 0) return {};
  --left;
  const auto own = read_line(directory + "/cgroup.procs").value_or("");
  if (!own.empty() || depth == deepest_below) return own;
  for (const auto& name : list_directories(directory)) {
    if (left == 0) break;
    auto found = first_process_below(directory + "/" + name, depth + 1, left);
    if (!found.empty()) return found;
  }
  return {};
}

// Field 22 of /proc/PID/stat, counted from behind the command.
std::optional<double> start_ticks(const std::string& proc, const std::string& pid) {
  constexpr std::size_t start_field = 19;
  const auto stat = read_line(proc + "/" + pid + "/stat").value_or("");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split_fields(std::string_view(stat).substr(name_end + 1));
  return fields.size() > start_field ? to_number(fields[start_field]) : std::nullopt;
}

std::optional<double> machine_start(const std::string& proc) {
  const auto text = text_or_empty(proc + "/stat");
  for (const auto line : split_lines_of(text))
    if (line.starts_with("btime ")) return to_number(line.substr(6));
  return std::nullopt;
}

struct NetworkColumn {
  std::string_view name;
  std::string_view help;
  std::size_t column;  // of /proc/net/dev, after the name
};
constexpr std::array<NetworkColumn, 8> network_columns = {{
    {"container_network_receive_bytes_total", "Bytes received.", 0},
    {"container_network_receive_packets_total", "Packets received.", 1},
    {"container_network_receive_errors_total", "Errors while receiving.", 2},
    {"container_network_receive_packets_dropped_total", "Packets dropped while receiving.", 3},
    {"container_network_transmit_bytes_total", "Bytes sent.", 8},
    {"container_network_transmit_packets_total", "Packets sent.", 9},
    {"container_network_transmit_errors_total", "Errors while sending.", 10},
    {"container_network_transmit_packets_dropped_total", "Packets dropped while sending.", 11},
}};

bool is_shown(std::string_view interface) {
  return interface != "lo" && !interface.starts_with("veth") && !interface.starts_with("docker");
}

}  // namespace

std::vector<std::string> processes_of(const std::string& cgroup_directory) {
  const auto text = text_or_empty(cgroup_directory + "/cgroup.procs");
  std::vector<std::string> out;
  for (const auto line : split_lines_of(text))
    if (out.size() < most_processes) out.emplace_back(line);
  return out;
}

std::string first_process(const std::string& cgroup_directory) {
  std::size_t left = most_below;
  return first_process_below(cgroup_directory, 0, left);
}

std::optional<double> oldest_start(const std::string& proc, const std::vector<std::string>& pids) {
  std::optional<double> oldest;
  for (std::size_t i = 0; i < std::min(looked_at, pids.size()); ++i)
    if (const auto start = start_ticks(proc, pids[i]); start && (!oldest || *start < *oldest))
      oldest = start;
  const auto boot = machine_start(proc);
  if (!oldest || !boot) return std::nullopt;
  return *boot + *oldest / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<double> open_descriptors(const std::string& proc,
                                       const std::vector<std::string>& pids) {
  std::optional<double> open;
  for (const auto& pid : pids) {
    const auto directory = proc + "/" + pid + "/fd";
    if (::access(directory.c_str(), R_OK | X_OK) != 0) continue;
    open = open.value_or(0) + static_cast<double>(list_names(directory).size());
  }
  return open;
}

std::string network_namespace(const std::string& proc, const std::string& pid) {
  std::array<char, 64> buffer;
  const auto path = proc + "/" + pid + "/ns/net";
  const auto n = ::readlink(path.c_str(), buffer.data(), buffer.size());
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}

void emit_network(const std::string& proc, const std::string& pid, const LabelSet& labels,
                  Families& out) {
  const auto text = text_or_empty(proc + "/" + pid + "/net/dev");
  for (const auto line : split_lines_of(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = split_fields(line.substr(0, colon));
    const auto fields = split_fields(line.substr(colon + 1));
    if (name.size() != 1 || !is_shown(name[0])) continue;
    auto of_interface = labels;
    of_interface.set("interface", name[0]);
    for (const auto& c : network_columns)
      if (const auto value = c.column < fields.size() ? to_number(fields[c.column]) : std::nullopt)
        out.counter(c.name, c.help, *value, of_interface);
  }
}

}  // namespace sluice::agent
