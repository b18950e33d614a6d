// What a client is told of an entry or stream that is refused: in Loki's words, which agents,
// dashboards and people know. Pure.
// Source: the texts Loki documents for refused writes.
#pragma once

#include <string>

#include "base/types/labels.h"
#include "base/types/limits.h"
#include "base/types/time.h"
#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

// `problem` was found by find_label_problem.
std::string stream_refusal(const LabelProblem& problem, const LabelSet& stream,
                           const Limits& limits);
std::string no_labels_text();
std::string line_too_long_text(const LabelSet& stream, std::size_t bytes, std::size_t limit);
std::string too_new_text(const LabelSet& stream, Timestamp timestamp);
std::string too_old_text(const LabelSet& stream, Timestamp timestamp, Timestamp oldest);
std::string metadata_too_many_text(const LabelSet& stream, std::size_t found, std::size_t limit);
std::string too_many_streams_text(const LabelSet& stream, const std::string& tenant);
std::string stream_rate_text(const LabelSet& stream, std::size_t bytes, std::size_t limit);
std::string metadata_too_large_text(const LabelSet& stream, std::size_t bytes, std::size_t limit);

}  // namespace sluice::ingest
