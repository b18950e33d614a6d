// Arithmetic of native histograms, as PromQL's operators and functions need it. Pure.
//
// Operands of unlike resolution meet at the lower one; unlike zero buckets at the wider one; custom
// bounds at those both have. (Prometheus, "Native Histograms" specification: merging and
// reconciliation.)
#pragma once

#include <optional>
#include <string>

#include "base/types/histogram.h"

namespace sluice::query {

// What happened on the way that an annotation of the result should tell.
struct HistogramNotes {
  bool reconciled = false;  // custom bounds differed
  bool collision = false;   // the counter reset hints contradict each other
};

// into += other. False: one has custom buckets and the other not, which do not add up.
bool add_to(NativeHistogram& into, const NativeHistogram& other, HistogramNotes& notes);
// into -= other; the result is a gauge.
bool subtract_from(NativeHistogram& into, const NativeHistogram& other, HistogramNotes& notes);

void multiply(NativeHistogram& histogram, double factor);
// Dividing by zero leaves no buckets: those that are not there would have to be NaN.
void divide(NativeHistogram& histogram, double divisor);

// Which observations stay: those up to a threshold, or those from it on.
enum class Trim { upper, lower };
// Without the others. Of the bucket that holds the threshold a share stays, by the interpolation of
// histogram_read.h; if anything goes, count and sum are worked out anew from the buckets. Buckets
// without an end cannot be divided: one stays whole where it lies on the side that is kept, taken
// to hold its finite end or the threshold. NaN keeps nothing. (Prometheus, operators </ and >/.)
NativeHistogram trimmed(const NativeHistogram& histogram, double threshold, Trim trim);

// Removes buckets without observations.
void compact(NativeHistogram& histogram);
// At the same or a lower resolution.
void reduce_to_schema(NativeHistogram& histogram, std::int32_t schema);

// Equal as values: the same buckets, bounds, count and sum, hints aside.
bool equal(const NativeHistogram& a, const NativeHistogram& b);

// Whether a counter must have begun anew between the two: the hint says so, or a count fell.
bool is_reset(const NativeHistogram& before, const NativeHistogram& now);

}  // namespace sluice::query
