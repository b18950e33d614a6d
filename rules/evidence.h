// Evidence: what one evaluation says about one question. Unknown is never success.
#pragma once

#include <string_view>

namespace sluice::rules {

// `ok` is positive evidence that the condition does not hold; the last three say we cannot know.
enum class Evidence {
  ok,
  breach,
  no_data,  // nothing was ever stored that the question could be asked of
  stale,    // data stopped arriving: an empty answer may be blindness
  error,    // the evaluation failed
};
std::string_view to_string(Evidence evidence);
inline bool knows(Evidence e) {
  return e == Evidence::ok || e == Evidence::breach;
}

}  // namespace sluice::rules
