// Options: everything the agent can be told, with its defaults. Filled by config/load.h (YAML) and
// config/cli.h (flags); docs/guide/agent.md is the reference for users.
//
// Immutable once the agent runs; a reload builds a new one. Sizes are bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/http/tls.h"
#include "base/scrape/config.h"
#include "base/telemetry/log.h"
#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::agent {

// Files that are treated alike.
struct FileGroup {
  std::string name = "files";        // default of the label `job`
  std::vector<std::string> paths;    // globs, ** allowed
  std::vector<std::string> exclude;  // globs; compressed files are always excluded
  LabelSet labels;
  Duration ignore_older{
      0};  // files not modified for this long when first seen are skipped; 0: none
};

struct TailOptions {
  std::uint64_t max_line = 256 << 10;   // longer lines are cut into parts, marked and counted
  std::uint64_t batch_bytes = 1 << 20;  // file bytes per push; at least twice max_line
  Duration batch_age = std::chrono::seconds(1);        // at most one small batch per source and age
  Duration linger = std::chrono::milliseconds(50);     // for the first lines after silence
  Duration sweep_interval = std::chrono::seconds(10);  // full look at all globs and files
  Duration rotate_wait = std::chrono::seconds(5);      // silence after which a rotated file is done
  Duration checkpoint_interval = std::chrono::seconds(2);
  std::uint64_t max_open_files = 256;  // idle descriptors beyond are closed
  std::uint64_t max_files = 100'000;
  std::uint64_t deleted_hold_bytes = 10ULL
                                     << 30;  // unread bytes of deleted files kept from the disk
  bool local_time = true;                    // timestamps without a zone are local, else UTC
};

struct ShipOptions {
  std::string server = "http://127.0.0.1:3180";
  std::string tenant;      // X-Scope-OrgID; empty: not sent
  std::string token_file;  // bearer token, read at start and at reload
  http::TlsClientOptions tls;
  std::uint64_t max_in_flight = 4;  // pushes at a time, one per source
  Duration timeout = std::chrono::seconds(30);
  Duration backoff_min = std::chrono::milliseconds(500);
  Duration backoff_max = std::chrono::seconds(30);
  bool identity = true;  // send X-Sluice-Batch; off behind proxies with small headers
  std::uint64_t quarantine_bytes = 64 << 20;  // of rejected lines kept in the state directory
};

struct HostMetricsOptions {
  bool enabled = true;
  Duration interval = std::chrono::seconds(15);
  std::string job = "node";
  std::string instance;  // empty: the host name
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string root;                   // prefix of mount points, for an agent in a container
  std::string system_bus;             // D-Bus socket; empty: that of the machine below root
  std::string textfiles;              // directory of *.prom; empty: node_exporter's below root
  std::uint64_t max_cgroups = 500;    // reported as containers; 0: none
  std::string containers_job;         // of container_* and machine_*; empty: `job`
  std::uint64_t queue_scrapes = 240;  // waiting while the server is away: an hour; oldest dropped
  std::uint64_t queue_bytes = 64 << 20;  // of them
};

struct AgentOptions {
  std::string agent_id;  // empty: kept in the checkpoint, host name and random at first
  std::string state = "/var/lib/sluice-agent";
  std::string http_listen = "127.0.0.1:3181";  // empty: none
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  LabelSet labels;  // on every log stream
  std::vector<FileGroup> files;
  TailOptions tail;
  ShipOptions ship;
  HostMetricsOptions metrics;
  scrape::ScrapeConfig scrape;
  std::uint64_t scrape_threads = 8;  // scrapes at once; a target that does not answer holds one
  bool scrape_type_and_unit_labels = false;     // Limits::type_and_unit_labels, of scrapes
  std::uint64_t scrape_queue_bytes = 64 << 20;  // waiting while the server is away; oldest dropped
  bool once = false;                            // read everything to its end, ship, exit
};

// What contradicts itself, as one sentence per problem; empty if all is well.
std::vector<std::string> check_options(const AgentOptions& options);

}  // namespace sluice::agent
