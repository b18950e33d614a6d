// What systemd says of its units, as metrics. Asking is a function, so tests answer themselves.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "agent/host/dbus_message.h"
#include "agent/host/family.h"

namespace sluice::agent {

// One answer per call, in their order; an Error if nobody answers.
using DbusAsk = std::function<Result<std::vector<DbusMessage>>(const std::vector<DbusCall>&)>;

// node_systemd_*. Units that are not loaded, and devices, mounts, scopes and slices, are counted in
// node_systemd_units only. At most max_units are reported one by one; those beyond are counted in
// sluice_agent_systemd_units_dropped.
Result<void> collect_systemd(const DbusAsk& ask, std::size_t max_units, Families& out);

bool reported_unit(std::string_view name);
// "252.38-1~deb12u1" is 252.38; 0 if there is no number of three digits.
double systemd_version_number(std::string_view version);

}  // namespace sluice::agent
