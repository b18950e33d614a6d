// Which format a target is asked for, and which one its answer is in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/scrape/config.h"
#include "base/scrape/exposition.h"

namespace sluice::scrape {

// The Accept header as Prometheus sends it: formats in order of preference, with falling weights.
std::string accept_header(const std::vector<ScrapeProtocol>& protocols, NameScheme names);

// By the answer's Content-Type; `fallback` is for answers without a usable one. Error: none of the
// formats we read.
Result<ExpositionFormat> format_of(std::string_view content_type,
                                   const std::optional<ScrapeProtocol>& fallback);

}  // namespace sluice::scrape
