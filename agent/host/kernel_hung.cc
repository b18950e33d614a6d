// node_kernel_hung_tasks_total: tasks that the kernel found to hang (since Linux 6.13).
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Collector kernel_hung_collector(const HostRoots& roots) {
  return {
      "kernel_hung",
      [path = roots.proc + "/sys/kernel/hung_task_detect_count"](Families& out) -> Result<void> {
        const auto count = read_number(path);
        if (!count) return Error{ErrorCode::not_found, path + " is not there"};
        // Node Exporter Full asks for the first name, node_exporter gives the second.
        for (const char* name : {"node_kernel_hung_tasks", "node_kernel_hung_tasks_total"})
          out.counter(name, "Tasks found to hang.", *count);
        return {};
      }};
}

}  // namespace sluice::agent
