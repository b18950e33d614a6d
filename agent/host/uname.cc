// node_uname_info: uname(2). Dashboards take job, instance and nodename from it.
#include <sys/utsname.h>

#include "agent/host/collector.h"

namespace sluice::agent {

Collector uname_collector(const HostRoots&) {
  return {"uname", [](Families& out) -> Result<void> {
            struct utsname u {};
            if (::uname(&u) != 0) return Error{ErrorCode::io, "uname failed"};
            out.gauge("node_uname_info", "What uname tells; always 1.", 1,
                      {{"sysname", u.sysname},
                       {"release", u.release},
                       {"version", u.version},
                       {"machine", u.machine},
                       {"nodename", u.nodename},
                       {"domainname", u.domainname}});
            return {};
          }};
}

}  // namespace sluice::agent
