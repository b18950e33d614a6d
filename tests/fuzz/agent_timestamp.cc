// The agent's timestamp finder and line splitter on any bytes: plausible times, pieces that tile.
#include "agent/batch/splitter.h"
#include "agent/pipeline/timestamp.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  agent::SplitOptions split;
  split.max_line = 1 + input.below(200);
  split.mid_line = input.flag();
  split.final = input.flag();
  const agent::TimeContext context{from_unix_ns(1'767'323'045'000'000'000), input.flag()};
  const auto text = input.rest();
  const auto result = agent::split_lines(text, split);
  std::size_t at = 0;
  for (const auto& piece : result.pieces) {
    fuzz::require(piece.length > 0 && piece.text_begin >= at, "pieces follow each other");
    at += piece.length;
    fuzz::require(piece.text_begin + piece.text_length <= at, "text lies in its piece");
    const auto time =
        agent::find_timestamp(text.substr(piece.text_begin, piece.text_length), context);
    if (!time) continue;
    constexpr std::int64_t year_1990 = 631'152'000'000'000'000;
    constexpr std::int64_t year_2200 = 7'258'204'800'000'000'000;
    fuzz::require(unix_ns(*time) >= year_1990 - 86'400'000'000'000, "not before 1990");
    fuzz::require(unix_ns(*time) <= year_2200, "not after 2199");
  }
  fuzz::require(at == result.consumed && at <= text.size(), "pieces tile what was consumed");
  return 0;
}
