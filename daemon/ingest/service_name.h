// service_name: the label by which logs are grouped into services, added where a sender gave none.
// The rule is Loki's (docs/format/loki-push.md).
#pragma once

#include "base/types/labels.h"

namespace sluice::ingest {

// Sets service_name if the labels have none. Leaves an empty set empty.
void add_service_name(LabelSet& labels);

}  // namespace sluice::ingest
