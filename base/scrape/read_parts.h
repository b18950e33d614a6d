// The parts of a scrape_configs entry, each in a file of its own.
#pragma once

#include <vector>

#include "base/config/yaml.h"
#include "base/scrape/config.h"

namespace sluice::scrape {

// basic_auth, authorization, tls_config, http_headers and the client's switches of a job.
void read_http_options(YamlNode& job, HttpOptions& options);

// A list of relabelling rules under `key`.
std::vector<RelabelRule> read_relabel_rules(YamlNode& job, std::string_view key, NameScheme names);

// static_configs and file_sd_configs.
std::vector<TargetGroup> read_static_groups(YamlNode& job);
std::vector<FileDiscovery> read_file_discoveries(YamlNode& job);

// One {targets: [...], labels: {...}}.
TargetGroup read_target_group(YamlNode& node);

LabelSet read_label_map(YamlNode node);

}  // namespace sluice::scrape
