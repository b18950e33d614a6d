// The fields of a structured line that say what happened, as they stand in it: for patterns that
// are filters of the line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::rules {

// Of a JSON object or logfmt line: the raw bytes, escapes included and quotes not, of those of
// `fields` (rules/log_message.h) that are text and not empty, in the order of the line. Of any
// other line: none. Views into the line.
std::vector<std::string_view> raw_message_fields(std::string_view line,
                                                 const std::vector<std::string>& fields);

// The shape of a line as a pattern for LogQL's `|>`, with <_> for what varies: of its message
// fields if it has any, else of all of it.
std::string pattern_text(std::string_view line, const std::vector<std::string>& fields);

}  // namespace sluice::rules
