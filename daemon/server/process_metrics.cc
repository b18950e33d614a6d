#include "daemon/server/process_metrics.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/server/version.h"

namespace sluice::server {

namespace {

// Fields of /proc/self/stat after the command, which may hold spaces; index 0 is the state.
std::vector<std::string> stat_fields() {
  std::ifstream in("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
  return {std::istream_iterator<std::string>(rest), {}};
}

double number(const std::vector<std::string>& fields, std::size_t i) {
  return i < fields.size() ? std::strtod(fields[i].c_str(), nullptr) : 0;
}

double open_files() {
  std::error_code error;
  double n = 0;
  for (auto it = std::filesystem::directory_iterator("/proc/self/fd", error);
       it != std::filesystem::directory_iterator(); it.increment(error))
    ++n;
  return n;
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
  metrics
      .gauge(
          "sluice_build_info", "1, with what this binary is as labels",
          {{"version", std::string(build_version())}, {"revision", std::string(build_revision())}})
      .set(1);
  metrics.gauge("process_start_time_seconds", "Start of the process since the Unix epoch")
      .set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  auto cpu = metrics.counter("process_cpu_seconds_total", "User and system CPU time spent");
  auto resident = metrics.gauge("process_resident_memory_bytes", "Resident memory");
  auto virtual_memory = metrics.gauge("process_virtual_memory_bytes", "Virtual memory");
  auto files = metrics.gauge("process_open_fds", "Open file descriptors");
  auto threads = metrics.gauge("process_threads", "Threads");
  metrics.on_collect([=]() mutable {
    const auto fields = stat_fields();
    const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    cpu.inc(std::max(0.0, (number(fields, 11) + number(fields, 12)) / ticks - cpu.value()));
    threads.set(number(fields, 17));
    virtual_memory.set(number(fields, 20));
    resident.set(number(fields, 21) * static_cast<double>(sysconf(_SC_PAGESIZE)));
    files.set(open_files());
  });
}

}  // namespace sluice::server
