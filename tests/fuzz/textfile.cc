// Text files of metrics: any text is taken over as a whole, or refused with a reason.
#include "agent/host/textfile.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::agent;
  fuzz::FuzzInput input(data, size);
  Families out;
  TextfileReader reader(1000);
  const auto text = input.rest();
  const auto done = reader.add("x.prom", text, out);
  if (!done) {
    fuzz::require(out.size() == 0, "a refused file leaves nothing");
    fuzz::require(!done.error().message.empty(), "an error says something");
    return 0;
  }
  for (const auto& f : out) fuzz::require(valid_metric_name(f.name), "names are valid");
  Families again;
  TextfileReader other(1000);
  const auto shown = to_text(out);
  fuzz::require(other.add("x.prom", shown, again).has_value(), "what we show can be read");
  fuzz::require(again.sample_count() == out.sample_count(), "and has the same samples");
  return 0;
}
