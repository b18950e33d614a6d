#include "agent/config/keys.h"

namespace sluice::agent {

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> keys = {
      {"agent_id", "host name and 8 random hex digits", "who this agent is to the server; kept in the state directory"},
      {"state", "/var/lib/sluice-agent", "directory of the checkpoint, the lock and the quarantine"},
      {"labels", "none", "labels of every log stream"},
      {"http.listen", "127.0.0.1:3181", "address of /metrics, /-/ready and /-/healthy; empty: none"},
      {"log.level", "info", "debug, info, warn or error"},
      {"log.format", "logfmt", "logfmt or json"},
      {"server.url", "http://127.0.0.1:3180", "where logs and metrics go"},
      {"server.tenant", "none", "X-Scope-OrgID"},
      {"server.token_file", "none", "file with the bearer token; read at start and at reload"},
      {"server.timeout", "30s", "of one request"},
      {"server.max_in_flight", "4", "log pushes at a time; bounds memory together with tail.batch_bytes"},
      {"server.backoff_min", "500ms", "first pause after a failed request"},
      {"server.backoff_max", "30s", "longest pause; retrying never ends"},
      {"server.identity", "true", "send X-Sluice-Batch; turn off behind proxies that refuse headers over 8 KiB"},
      {"server.tls.ca_file", "the system's", "certificate authorities of the server, PEM"},
      {"server.tls.cert_file", "none", "client certificate, PEM"},
      {"server.tls.key_file", "none", "its key, PEM"},
      {"server.tls.server_name", "host of server.url", "name expected in the server's certificate"},
      {"server.tls.insecure_skip_verify", "false", "accept any certificate"},
      {"quarantine.max_bytes", "64MiB", "rejected lines kept in the state directory"},
      {"files[].name", "files", "name of the group, default of the label job"},
      {"files[].paths", "required", "globs; ** stands for any number of directories"},
      {"files[].exclude", "none", "globs of files to leave out; compressed files always are"},
      {"files[].labels", "none", "labels of the group's streams"},
      {"files[].ignore_older", "0s", "skip files not written for this long when first seen; 0s: none"},
      {"tail.max_line_bytes", "256KiB", "longer lines are cut into parts, marked and counted"},
      {"tail.batch_bytes", "1MiB", "file bytes per push; at least twice max_line_bytes"},
      {"tail.batch_age", "1s", "a busy file is pushed at least this often"},
      {"tail.linger", "50ms", "wait for more lines after the first one"},
      {"tail.sweep_interval", "10s", "full look at all globs, beside the kernel's notifications"},
      {"tail.rotate_wait", "5s", "silence after which a renamed or deleted file is done"},
      {"tail.checkpoint_interval", "2s", "how often progress is saved; new files are saved at once"},
      {"tail.max_open_files", "256", "descriptors kept of files that are at their end"},
      {"tail.max_files", "100000", "files followed at most"},
      {"tail.deleted_hold_bytes", "10GiB", "unread bytes of deleted files kept from the disk"},
      {"tail.zone", "local", "zone of timestamps that name none: local or utc"},
      {"metrics.enabled", "true", "ship host metrics"},
      {"metrics.interval", "15s", "between two scrapes"},
      {"metrics.job", "node", "label job"},
      {"metrics.instance", "host name", "label instance"},
      {"metrics.proc", "/proc", "where proc is mounted"},
      {"metrics.sys", "/sys", "where sysfs is mounted"},
      {"metrics.root", "none", "prefix of mount points, for an agent in a container"},
      {"metrics.queue_scrapes", "240", "scrapes kept while the server is away; the oldest is dropped"},
  };
  return keys;
}

}  // namespace sluice::agent
