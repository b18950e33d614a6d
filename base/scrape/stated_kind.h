// What a body states of a series' metric: its type and unit, for the labels __type__ and __unit__
// (Prometheus' feature type-and-unit-labels). Pure.
//
// A series belongs to the family of its name, or of its name without a suffix that the family's
// type gives to its series (exposition formats: _bucket of a histogram, _total of a counter, ...).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/scrape/scrape_body.h"

namespace sluice::scrape {

struct StatedKind {
  std::string_view type;  // empty: not stated, or stated as unknown
  std::string_view unit;

  // Equal kinds have equal ones; 0: nothing is stated.
  std::uint64_t hash() const;
  // What is stated takes the place of what the series says itself.
  void add_to(LabelSet& labels) const;
};

// `series` is the text that names it. The views live as long as the descriptions.
StatedKind stated_kind(const Descriptions& descriptions, std::string_view series);

}  // namespace sluice::scrape
