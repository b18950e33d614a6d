// The parsers of the kernel's files: any text gives valid metrics or an error.
#include "agent/host/collector.h"
#include "agent/host/cpu.h"
#include "agent/host/mounts.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::agent;

Result<void> parse_with(std::size_t parser, std::string_view text, Families& out) {
  switch (parser) {
    case 0: {
      ArpCounts counts;
      return parse_arp_row(text, counts);
    }
    case 1: return parse_diskstats(text, out);
    case 2: return parse_loadavg(text, out);
    case 3: return parse_meminfo(text, out);
    case 4: return parse_netdev(text, out);
    case 5: return parse_netstat(text, "netstat", out);
    case 6: return parse_snmp6(text, out);
    case 7: return parse_pressure("memory", text, out);
    case 8: return parse_schedstat(text, out);
    case 9: return parse_sockstat(text, out);
    case 10: return parse_softnet(text, out);
    case 11: return parse_stat(text, out);
    case 12: return parse_vmstat(text, out);
    case 13: {
      SLUICE_TRY(const auto cpus, parse_cpu(text));
      CpuMemory memory;
      for (const auto& [cpu, times] : cpus) memory.update(cpu, times);
      memory.emit(out);
      return {};
    }
    case 14: return parse_interrupts(text, out);
    case 15: return parse_mdstat(text, out);
    case 16: return parse_conntrack_stat(text, out);
    case 17: {
      TcpStates states;
      return parse_tcp_row(text, states);
    }
    default: {
      SLUICE_TRY(const auto mounts, parse_mountinfo(text));
      for (const auto& m : mounts) fuzz::require(!m.mountpoint.empty(), "a mount has a place");
      return {};
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const auto parser = input.below(19);
  Families families;
  const auto parsed = parse_with(parser, input.rest(), families);
  if (!parsed) fuzz::require(!parsed.error().message.empty(), "an error says something");
  for (const auto& f : families) fuzz::require(valid_metric_name(f.name), "names are valid");
  return 0;
}
