// ScrapeConfig: what is scraped, how and how often. The fields are Prometheus' (its documentation,
// "scrape_config"); read_config.h reads them from YAML.
//
// Plain values that compare equal when nothing changed, which is how a reload knows what to keep.
// Sizes are bytes; a limit of 0 is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/scrape/relabel.h"
#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::scrape {

// No target is asked more rarely. Sums of times stay far from the end of the clock.
inline constexpr Duration longest_interval = std::chrono::hours(24 * 365);

enum class ScrapeProtocol {
  protobuf,
  openmetrics_1_0_0,
  openmetrics_0_0_1,
  text_1_0_0,
  text_0_0_4
};

// Targets that are discovered together and share labels.
struct TargetGroup {
  std::vector<std::string> addresses;
  LabelSet labels;
  std::string source;  // "0", or the file and the place in it
  friend bool operator==(const TargetGroup&, const TargetGroup&) = default;
};

struct FileDiscovery {
  std::vector<std::string> files;  // paths; * in the last component
  Duration refresh_interval = std::chrono::minutes(5);
  friend bool operator==(const FileDiscovery&, const FileDiscovery&) = default;
};

// A secret that stands in the configuration or in a file, which is read at each scrape.
struct Secret {
  std::string text;
  std::string file;
  bool empty() const { return text.empty() && file.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
};

struct HttpOptions {
  Secret username;  // of basic_auth
  Secret password;
  bool basic_auth = false;
  std::string authorization_type;  // empty: none
  Secret credentials;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool insecure_skip_verify = false;
  bool follow_redirects = true;
  bool compression = true;
  std::vector<std::pair<std::string, Secret>> headers;
  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

struct ScrapeLimits {
  std::uint64_t body_size = 0;
  std::uint64_t samples = 0;
  std::uint64_t labels = 0;
  std::uint64_t label_name_length = 0;
  std::uint64_t label_value_length = 0;
  std::uint64_t targets = 0;
  std::uint64_t keep_dropped_targets = 0;
  friend bool operator==(const ScrapeLimits&, const ScrapeLimits&) = default;
};

struct JobConfig {
  std::string name;
  Duration interval = std::chrono::minutes(1);
  Duration timeout = std::chrono::seconds(10);
  std::string metrics_path = "/metrics";
  std::string scheme = "http";
  std::map<std::string, std::vector<std::string>> params;
  bool honor_labels = false;
  bool honor_timestamps = true;
  bool track_timestamps_staleness = false;
  bool native_histograms = false;   // take them; only the protobuf format has them
  bool classic_histograms = false;  // take the classic buckets beside native ones, too
  std::vector<ScrapeProtocol> protocols = {ScrapeProtocol::openmetrics_1_0_0,
                                           ScrapeProtocol::openmetrics_0_0_1,
                                           ScrapeProtocol::text_1_0_0, ScrapeProtocol::text_0_0_4};
  std::optional<ScrapeProtocol> fallback_protocol;
  NameScheme names = NameScheme::utf8;
  ScrapeLimits limits;
  HttpOptions http;
  std::vector<TargetGroup> static_groups;
  std::vector<FileDiscovery> file_discoveries;
  std::vector<RelabelRule> relabel;
  std::vector<RelabelRule> metric_relabel;
  friend bool operator==(const JobConfig&, const JobConfig&) = default;
};

struct ScrapeConfig {
  std::vector<JobConfig> jobs;
  LabelSet external_labels;  // of what is sent on; a store of its own does not add them
  friend bool operator==(const ScrapeConfig&, const ScrapeConfig&) = default;
};

}  // namespace sluice::scrape
