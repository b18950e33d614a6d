// Files of targets: whatever is in them, an answer; what is read has hosts and valid label names.
#include "base/scrape/read_config.h"
#include "base/scrape/target.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::scrape;
  fuzz::FuzzInput input(data, size);
  const std::string path = input.flag() ? "f.json" : "f.yml";
  const auto groups = parse_target_file(std::string(input.rest()), path);
  if (!groups) return 0;
  const JobConfig job;
  for (const TargetGroup& group : *groups) {
    for (const std::string& address : group.addresses) {
      const auto outcome = make_target(job, {}, address, group.labels);
      if (!outcome.target) continue;
      const Target& target = *outcome.target;
      fuzz::require(target.url.find_first_of(" \r\n") == std::string::npos, "URLs have no blanks");
      for (const Label& label : target.labels)
        fuzz::require(!label.name.starts_with("__"), "inner labels stay inside");
    }
  }
  return 0;
}
