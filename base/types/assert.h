// SLUICE_ASSERT: an invariant of ours. Checked in every build, release included: a store that
// goes on after a broken invariant writes the damage down. Never for bad input; that is an Error.
#pragma once

namespace sluice {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

#define SLUICE_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::sluice::assertion_failed(#condition, __FILE__, __LINE__))
