// node_filefd_*: /proc/sys/fs/file-nr, "allocated  free  maximum".
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Collector filefd_collector(const HostRoots& roots) {
  return {"filefd", [path = roots.proc + "/sys/fs/file-nr"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            const auto fields = split_fields(text.substr(0, text.find('\n')));
            if (fields.size() < 3) return malformed(path, "fewer than three numbers");
            const auto allocated = to_number(fields[0]);
            const auto maximum = to_number(fields[2]);
            if (!allocated || !maximum) return malformed(path, "not a number");
            out.gauge("node_filefd_allocated", "Allocated file descriptors.", *allocated);
            out.gauge("node_filefd_maximum", "Most file descriptors.", *maximum);
            return {};
          }};
}

}  // namespace sluice::agent
