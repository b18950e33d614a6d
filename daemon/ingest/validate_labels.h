// What labels of a stream or series must satisfy. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/types/labels.h"
#include "base/types/limits.h"

namespace sluice::ingest {

struct LabelProblem {
  std::string reason;  // for metrics
  std::string text;
  std::string subject = {};  // the name or value that is meant, shortened
};

// Which names are valid: identifiers alone, as Loki has it, or all of UTF-8, as Prometheus 3.
enum class Names { identifiers, utf8 };

// Names valid, names and values within their lengths, at most `labels_max` of them.
std::optional<LabelProblem> find_label_problem(const LabelSet& labels, std::size_t labels_max,
                                               const Limits& limits,
                                               Names names = Names::identifiers);

std::size_t metadata_bytes(const LabelSet& metadata);

}  // namespace sluice::ingest
