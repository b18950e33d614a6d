#include "daemon/storage/columns/byte_search.h"

#include <catch2/catch_test_macros.hpp>

#include "base/types/ascii.h"
#include "tests/daemon/storage/columns/random_text.h"

namespace sluice::storage {
namespace {

using Level = ByteSearch::Level;

TEST_CASE("every level finds the same places", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  std::size_t found = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random.text(150, "abA@`\x80");
    const bool fold = random.below(2) == 1;
    std::string pattern = random.text(random.below(8) == 0 ? 40 : 4, "abA@`\x80") + "a";
    if (random.below(2) == 0 && text.size() > 8)
      pattern = text.substr(random.below(8), 1 + round % 50);
    if (fold) pattern = lower_case(pattern);
    const std::size_t from = random.below(text.size() + 1);
    const auto expected = (fold ? lower_case(text) : text).find(pattern, from);
    for (const Level level : {Level::scalar, Level::sse2, Level::avx2}) {
      if (level > ByteSearch::best()) continue;
      INFO("level " << static_cast<int>(level) << ": '" << pattern << "' in '" << text << "'");
      REQUIRE(ByteSearch(pattern, fold, level).find(text, from) == expected);
    }
    found += expected == ByteSearch::none ? 0 : 1;
  }
  CHECK(found > 1'000);
}

}  // namespace
}  // namespace sluice::storage
