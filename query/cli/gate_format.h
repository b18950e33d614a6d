// What a gate document (docs/format/gate.md) says to people and to a pipeline; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "query/cli/exit_code.h"

namespace sluice::query::cli {

// pass 0; fail 1, rolled back 9, rollback failed 10; everything else, running included, 3.
ExitCode exit_code_of_gate(const nlohmann::json& gate);

bool gate_done(const nlohmann::json& gate);

// One line that changes when something worth telling happened: "evaluating: error_rate pass, ...".
std::string gate_progress(const nlohmann::json& gate);

// "FAIL checkout 2.4.0 (prod), rolled back: error_rate: 5.1% of 1180 ..."
std::string gate_summary(const nlohmann::json& gate, bool color);

// The summary and all evidence: checks, numbers, patterns with sample lines, rollback.
std::string gate_explanation(const nlohmann::json& gate, bool color);

std::string gate_table(const nlohmann::json& gates, bool color);

}  // namespace sluice::query::cli
