// node_timex_*: adjtimex(2), read only.
#include <sys/timex.h>

#include "agent/host/collector.h"

namespace sluice::agent {
namespace {

constexpr double timex_microseconds = 1e6;
constexpr double ppm = 65'536 * 1e6;  // scaled parts per million

}  // namespace

Collector timex_collector(const HostRoots&) {
  return {"timex", [](Families& out) -> Result<void> {
            struct timex t {};
            const int state = ::adjtimex(&t);
            if (state < 0) return Error{ErrorCode::io, "adjtimex failed"};
            const double divisor = (t.status & STA_NANO) != 0 ? 1e9 : timex_microseconds;
            const auto number = [](auto v) { return static_cast<double>(v); };
            out.gauge("node_timex_sync_status", "1 if the clock is synchronised.",
                      state == TIME_ERROR ? 0 : 1);
            out.gauge("node_timex_offset_seconds", "Offset to the reference clock.",
                      number(t.offset) / divisor);
            out.gauge("node_timex_frequency_adjustment_ratio", "Frequency adjustment.",
                      1 + number(t.freq) / ppm);
            out.gauge("node_timex_maxerror_seconds", "Maximum error.",
                      number(t.maxerror) / timex_microseconds);
            out.gauge("node_timex_estimated_error_seconds", "Estimated error.",
                      number(t.esterror) / timex_microseconds);
            out.gauge("node_timex_status", "Status bits.", number(t.status));
            out.gauge("node_timex_loop_time_constant", "PLL time constant.", number(t.constant));
            out.gauge("node_timex_tick_seconds", "Seconds between ticks.",
                      number(t.tick) / timex_microseconds);
            out.gauge("node_timex_pps_frequency_hertz", "PPS frequency.", number(t.ppsfreq) / ppm);
            out.gauge("node_timex_pps_jitter_seconds", "PPS jitter.", number(t.jitter) / divisor);
            out.gauge("node_timex_pps_shift_seconds", "PPS interval.", number(t.shift));
            out.gauge("node_timex_pps_stability_hertz", "PPS stability.", number(t.stabil) / ppm);
            out.counter("node_timex_pps_jitter_total", "PPS jitter limit exceeded.",
                        number(t.jitcnt));
            out.counter("node_timex_pps_calibration_total", "PPS calibrations.", number(t.calcnt));
            out.counter("node_timex_pps_error_total", "PPS calibration errors.", number(t.errcnt));
            out.counter("node_timex_pps_stability_exceeded_total", "PPS stability exceeded.",
                        number(t.stbcnt));
            out.gauge("node_timex_tai_offset_seconds", "TAI offset.", number(t.tai));
            return {};
          }};
}

}  // namespace sluice::agent
