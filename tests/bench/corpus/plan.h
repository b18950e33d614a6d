// Plan: which streams a corpus has, how large each is, and what is planted where.
//
// 146 streams: 96 files of system logs (ten applications on ten hosts), 50 pods of twelve services
// that log JSON, half of the bytes each; some applications, hosts and pods are much busier than
// others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/corpus/line_source.h"
#include "tests/bench/corpus/sample.h"
#include "tests/bench/corpus/service.h"

namespace sluice::bench {

struct StreamPlan {
  std::string labels;  // {app="...", ...}
  std::string kind;    // text or json
  std::string app;
  std::string host;  // whose agent ships it
  std::string file;  // a name without suffix
  std::size_t bytes = 0;
  std::uint64_t seed = 0;
  const Sample* sample = nullptr;    // of a text stream
  const Service* service = nullptr;  // of a JSON stream
  std::vector<Plant> plants;         // by place
};

// Needles whose number of hits does not depend on the corpus' size; queries.ini asks for them.
inline constexpr std::string_view rare_word = "xylographer";                           // 7 lines
inline constexpr std::string_view longer_word = "overquantization";                    // 4 lines
inline constexpr std::string_view planted_trace = "5ca1ab1e0ddba11feedfacecafebeef5";  // 5 lines
inline constexpr std::string_view planted_user = "u7007007";  // 0.7 lines per MB, from 20

// `samples` must outlive the plan and not be empty.
std::vector<StreamPlan> make_plan(std::size_t bytes, std::uint64_t seed,
                                  const std::vector<Sample>& samples);

}  // namespace sluice::bench
