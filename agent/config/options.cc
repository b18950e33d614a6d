#include "agent/config/options.h"

#include <algorithm>

#include "base/types/ascii.h"
#include "base/types/ids.h"

namespace sluice::agent {
namespace {

using Problems = std::vector<std::string>;

void check_groups(const AgentOptions& o, Problems& out) {
  constexpr std::ptrdiff_t most_wide_components = 3;  // each multiplies the ways to match a path
  for (const auto& group : o.files) {
    for (const auto& path : group.paths) {
      std::ptrdiff_t wide = 0;
      for (auto at = path.find("**"); at != std::string::npos; at = path.find("**", at + 2)) ++wide;
      if (wide > most_wide_components) out.push_back("`" + path + "` has more than three `**`");
    }
  }
}

void check_tail(const TailOptions& t, Problems& out) {
  constexpr std::uint64_t largest_batch = 16 << 20;
  if (t.max_line < 1024) out.push_back("tail.max_line_bytes must be at least 1KiB");
  if (t.batch_bytes < 2 * t.max_line)
    out.push_back("tail.batch_bytes must be at least twice tail.max_line_bytes");
  if (t.batch_bytes > largest_batch) out.push_back("tail.batch_bytes must be at most 16MiB");
  if (t.sweep_interval < std::chrono::milliseconds(100))
    out.push_back("tail.sweep_interval must be at least 100ms");
}

void check_ship(const ShipOptions& s, Problems& out) {
  const bool http = s.server.starts_with("http://") || s.server.starts_with("https://");
  if (!http) out.push_back("server.url `" + s.server + "` must begin with http:// or https://");
  if (s.timeout < std::chrono::milliseconds(100))
    out.push_back("server.timeout must be at least 100ms");
  const bool order = s.backoff_min > Duration{0} && s.backoff_min <= s.backoff_max;
  if (!order) out.push_back("server.backoff_min must be above 0 and at most server.backoff_max");
  if (s.tls.cert_file.empty() != s.tls.key_file.empty())
    out.push_back("server.tls.cert_file and server.tls.key_file go together");
}

void check_identity(const AgentOptions& o, Problems& out) {
  const auto allowed = [](char c) {
    return is_ascii_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
  };
  const bool ok =
      o.agent_id.size() <= 64 && std::all_of(o.agent_id.begin(), o.agent_id.end(), allowed);
  if (!ok) out.push_back("agent_id `" + o.agent_id + "` must be 1 to 64 of A-Z a-z 0-9 _ . -");
  const TenantId tenant{o.ship.tenant};
  if (!o.ship.tenant.empty() && !valid_tenant(tenant))
    out.push_back("server.tenant `" + o.ship.tenant + "` is not a tenant name");
}

}  // namespace

std::vector<std::string> check_options(const AgentOptions& o) {
  Problems out;
  check_groups(o, out);
  check_tail(o.tail, out);
  check_ship(o.ship, out);
  check_identity(o, out);
  if (o.state.empty()) out.push_back("state must name a directory");
  if (o.metrics.interval < std::chrono::seconds(1))
    out.push_back("metrics.interval must be at least 1s");
  if (o.files.empty() && !o.metrics.enabled)
    out.push_back("nothing to do: no files are configured and metrics are off");
  return out;
}

}  // namespace sluice::agent
