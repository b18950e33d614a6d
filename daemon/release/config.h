// Reads the `release` section of sluiced.yaml.
#pragma once

#include "base/config/yaml.h"
#include "daemon/release/options.h"

namespace sluice::release {

// Problems are reported at their nodes; the document's finish() returns them. Selectors are filled
// in and parsed, so a gate never meets a query that does not parse.
ReleaseOptions read_release(YamlNode node, ReleaseOptions options = {});

}  // namespace sluice::release
