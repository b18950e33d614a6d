// node_processes_*: how many processes and threads there are, by state: /proc/[pid]/stat.
#include <algorithm>
#include <map>

#include "agent/host/collector.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"

namespace sluice::agent {
namespace {

constexpr double most_threads_asked = 20'000;
constexpr std::size_t threads_field = 17;  // counted from the state, which follows the name

struct ProcessCounts {
  double processes = 0;
  double threads = 0;
  std::map<std::string, double> by_state;
  std::map<std::string, double> threads_by_state;
};

struct ProcessStat {
  std::string state;
  double threads = 0;
};

void emit_limits(const std::string& proc, Families& out) {
  if (const auto most = read_number(proc + "/sys/kernel/threads-max"))
    out.gauge("node_processes_max_threads", "Limit of threads in the system.", *most);
  if (const auto most = read_number(proc + "/sys/kernel/pid_max"))
    out.gauge("node_processes_max_processes", "Limit of process ids.", *most);
}

// "1 (name, with (anything)) S 0 1 ...": fields are counted from the last parenthesis.
Result<ProcessStat> parse_process(std::string_view text) {
  const auto name_end = text.rfind(')');
  const auto fields = split_fields(name_end == std::string_view::npos ? std::string_view()
                                                                      : text.substr(name_end + 1));
  const auto threads =
      fields.size() > threads_field ? to_number(fields[threads_field]) : std::nullopt;
  if (!threads) return malformed("stat of a process", "odd line `" + std::string(text) + "`");
  return ProcessStat{std::string(fields[0]), *threads};
}

// A process of one thread has its state; of the others each thread is asked.
void count_threads(const std::string& dir, const ProcessStat& process, ProcessCounts& counts) {
  if (process.threads <= 1) {
    ++counts.threads_by_state[process.state];
    return;
  }
  for (const auto& thread : list_names(dir + "/task")) {
    const auto stat = read_line(dir + "/task/" + thread + "/stat");
    if (!stat) continue;  // it has ended
    if (const auto parsed = parse_process(*stat)) ++counts.threads_by_state[parsed->state];
  }
}

Result<void> count_process(const std::string& dir, ProcessCounts& counts) {
  const auto stat = read_line(dir + "/stat");
  if (!stat) return {};  // it has ended
  SLUICE_TRY(const auto process, parse_process(*stat));
  ++counts.processes;
  counts.threads += process.threads;
  ++counts.by_state[process.state];
  if (counts.threads <= most_threads_asked) count_threads(dir, process, counts);
  return {};
}

}  // namespace

Collector processes_collector(const HostRoots& roots) {
  return {"processes", [proc = roots.proc](Families& out) -> Result<void> {
            ProcessCounts counts;
            for (const auto& name : list_names(proc)) {
              if (!std::all_of(name.begin(), name.end(), is_digit)) continue;
              SLUICE_CHECK(count_process(proc + "/" + name, counts));
            }
            if (counts.processes == 0)
              return Error{ErrorCode::not_found, proc + " has no processes"};
            out.gauge("node_processes_threads", "Threads in the system.", counts.threads);
            emit_limits(proc, out);
            for (const auto& [state, processes] : counts.by_state)
              out.gauge("node_processes_state", "Processes in each state.", processes,
                        {{"state", state}});
            out.gauge("node_processes_pids", "Processes.", counts.processes);
            if (counts.threads > most_threads_asked) return {};  // better none than some
            for (const auto& [state, threads] : counts.threads_by_state)
              out.gauge("node_processes_threads_state", "Threads in each state.", threads,
                        {{"thread_state", state}});
            return {};
          }};
}

}  // namespace sluice::agent
