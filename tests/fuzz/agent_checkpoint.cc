// The agent's checkpoint: damaged text is refused; what decodes encodes to the same again. The
// checksum is put right for half of the cases, so that the parser behind it is reached.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "agent/tail/checkpoint.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string with_checksum(std::string body, std::size_t count) {
  char end[64];
  std::snprintf(end, sizeof end, "end %zu %016llx\n", count,
                static_cast<unsigned long long>(XXH3_64bits(body.data(), body.size())));
  return body + end;
}

std::size_t sources_in(std::string_view body) {
  std::size_t lines = 0;
  for (const char c : body) lines += c == '\n' ? 1 : 0;
  return lines < 3 ? 0 : lines - 3;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  const bool repair = input.flag();
  std::string text(input.rest());
  if (repair) {
    if (!text.ends_with('\n')) text += "\n";
    text = with_checksum(text, sources_in(text));
  }
  const auto decoded = agent::decode_checkpoint(text);
  if (!decoded) {
    fuzz::require(decoded.error().code == ErrorCode::corrupt, "damage is reported as corrupt");
    return 0;
  }
  const auto again = agent::decode_checkpoint(agent::encode_checkpoint(*decoded));
  fuzz::require(again && *again == *decoded, "a checkpoint reads back as it was");
  return 0;
}
