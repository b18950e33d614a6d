// Formats: hand-written descriptions of system logs (formats/*.format), made into sample lines for
// those who have no sample logs at hand.
//
// A line is "WEIGHT TEMPLATE"; lines that begin with '#' and empty lines do not count. In a
// template:
//   {time LAYOUT}   a layout of time_layout.h       {pick A|B|C}     skewed to the first
//   {int LOW HIGH}  an integer                      {count START}    rises from line to line
//   {dec LOW HIGH}  the same with six decimals      {hex N}          N digits
//   {ip A.B}        an address of that /16          {uuid}
#pragma once

#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::bench {

// `lines` lines in the format. Deterministic. Error: line and what is wrong with it.
Result<std::string> expand_format(std::string_view format, std::size_t lines);

}  // namespace sluice::bench
