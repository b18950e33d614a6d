// Reads the `alerting` section of sluiced.yaml.
#pragma once

#include "base/config/yaml.h"
#include "daemon/alerting/options.h"

namespace sluice::alerting {

// Problems are reported at their nodes; the document's finish() returns them.
AlertingOptions read_alerting(YamlNode node, AlertingOptions options = {});

// url, headers, bearer_token_file, timeout, tls: shared with the hooks of releases.
HttpTarget read_http_target(YamlNode& node, Duration default_timeout);

}  // namespace sluice::alerting
