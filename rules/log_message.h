// The part of a log line that says what happened, for pattern work on structured logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::rules {

// Fields looked for, in this order; all that are present and textual are joined by message_joint.
std::vector<std::string> default_message_fields();

// Separates joined fields. A control character, so no search literal spans it.
inline constexpr char message_joint = '\x1f';

// JSON object or logfmt line with at least one of `fields`: their text. Any other line: the line.
// Values of other fields (user, path, ...) would make every request a pattern of its own.
std::string message_of(std::string_view line, const std::vector<std::string>& fields);

}  // namespace sluice::rules
