// Sample: what was learnt from the lines of one log: templates, the order they came in, and the
// values their slots had. Immutable once made; read by any number of streams.
//
// A line is split at non-alphanumeric characters; tokens with a digit are variables, joined when a
// single '.', '-' or '_' stands between two of them; times in a known layout are found first. Slots
// of all templates of a sample that follow the same text share a class of values, so that one
// process id, block or session turns up in different lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "tests/bench/corpus/values.h"

namespace sluice::bench {

struct TemplatePiece {
  enum class Kind : std::uint8_t { text, time, value } kind;
  std::string text;       // text: as it stands; time: its layout
  std::size_t klass = 0;  // value: index into Sample::classes
};

using LineTemplate = std::vector<TemplatePiece>;

struct Sample {
  std::string app;
  std::vector<LineTemplate> templates;
  std::vector<std::uint32_t> order;  // indices of templates, line by line
  std::vector<ValueClass> classes;
  std::size_t bytes = 0;  // of the sample's lines, for a guess at the mean line
};

// Error: no line with a time in it. Lines without a time are left out: what they belong to is known
// to their program only.
Result<Sample> learn_sample(std::string app, std::string_view text);

}  // namespace sluice::bench
