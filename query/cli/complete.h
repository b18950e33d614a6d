// What a half-written selector asks to be completed by: `{app="we` a value of app, `{app="web",po`
// a label name; pure. The completion script runs `sluice complete` for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::query::cli {

struct CompletionPlace {
  enum class Kind { none, name, value } kind = Kind::none;
  std::string before;   // the text up to what is completed
  std::string label;    // whose value
  std::string started;  // what of it is there
};
CompletionPlace completion_place(std::string_view text);

// The whole words that `text` may become, given what names or values there are.
std::vector<std::string> completions(const CompletionPlace& place,
                                     const std::vector<std::string>& candidates);

}  // namespace sluice::query::cli
