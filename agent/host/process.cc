// process_*: the agent itself, from /proc/self.
#include <sys/resource.h>
#include <unistd.h>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// Fields of /proc/self/stat after the command's closing parenthesis, which may hold anything.
constexpr std::size_t user_time = 11;
constexpr std::size_t system_time = 12;
constexpr std::size_t start_time = 19;
constexpr std::size_t virtual_bytes = 20;
constexpr std::size_t resident_pages = 21;

double limit_of(int resource) {
  struct rlimit limit {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? -1 : static_cast<double>(limit.rlim_cur);
}

std::optional<double> boot_time(const std::string& proc) {
  const auto text = read_text(proc + "/stat");
  if (!text) return std::nullopt;
  for (const auto line : split_lines_of(*text))
    if (line.starts_with("btime ")) return to_number(line.substr(6));
  return std::nullopt;
}

}  // namespace

// /proc/self and not the configured root: it is about this process.
Collector process_collector(const HostRoots&) {
  return {"process", [](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text("/proc/self/stat"));
            const auto paren = text.rfind(") ");
            if (paren == std::string::npos) return malformed("/proc/self/stat", "no command");
            const auto fields = split_fields(std::string_view(text).substr(paren + 2));
            if (fields.size() <= resident_pages) return malformed("/proc/self/stat", "too short");
            const auto at = [&](std::size_t i) { return to_number(fields[i]).value_or(0); };
            const auto hz = static_cast<double>(::sysconf(_SC_CLK_TCK));
            const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
            out.counter("process_cpu_seconds_total", "CPU time of the agent.",
                        (at(user_time) + at(system_time)) / hz);
            out.gauge("process_resident_memory_bytes", "Resident memory.",
                      at(resident_pages) * page);
            out.gauge("process_virtual_memory_bytes", "Virtual memory.", at(virtual_bytes));
            out.gauge("process_virtual_memory_max_bytes", "Limit of virtual memory; -1: none.",
                      limit_of(RLIMIT_AS));
            out.gauge("process_open_fds", "Open descriptors.",
                      static_cast<double>(list_names("/proc/self/fd").size()));
            out.gauge("process_max_fds", "Most descriptors.", limit_of(RLIMIT_NOFILE));
            if (const auto boot = boot_time("/proc"))
              out.gauge("process_start_time_seconds", "Start, unix seconds.",
                        *boot + at(start_time) / hz);
            return {};
          }};
}

}  // namespace sluice::agent
