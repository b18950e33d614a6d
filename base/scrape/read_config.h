// Reads `global` and `scrape_configs` as Prometheus writes them. Every key of Prometheus is either
// understood or refused by name; problems go to the document's list, with file:line:col.
#pragma once

#include "base/config/yaml.h"
#include "base/scrape/config.h"

namespace sluice::scrape {

// `root` is the document's root map. With `external_labels` the key of that name is understood;
// without, it is refused, because nothing would come of it.
ScrapeConfig read_scrape_config(YamlNode& root, bool external_labels);

// Of a discovery file: a list of {targets, labels}. Bounded by YamlDocument, or 4 MiB of JSON.
Result<std::vector<TargetGroup>> parse_target_file(std::string text, const std::string& path);

// Why something is no address of a target, or nothing.
std::string find_address_problem(std::string_view address);

}  // namespace sluice::scrape
