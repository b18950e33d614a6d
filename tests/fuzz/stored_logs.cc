// Stored logs that passed their checksum by chance: decoders say corrupt and never read astray.
#include "daemon/storage/block_codec.h"
#include "daemon/storage/head_batch.h"
#include "daemon/storage/part_format.h"
#include "daemon/storage/row_group.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

SharedLabels intern(LabelSet labels) {
  return std::make_shared<const LabelSet>(std::move(labels));
}

void check_head(std::string body) {
  const auto batch = HeadBatch::parse(std::move(body), 7, intern);
  if (!batch) return;
  std::size_t entries = 0;
  for (const HeadRun& run : (*batch)->runs()) {
    fuzz::require(run.size() > 0 && run.labels != nullptr, "runs are not empty");
    fuzz::require(run.lines.size() == run.size(), "one line per timestamp");
    entries += run.size();
  }
  fuzz::require(entries == (*batch)->entries(), "entries are counted");
}

void check_group(std::string_view payload) {
  const auto group = RowGroup::decode(payload);
  if (!group) return;
  const RowColumns& rows = (*group)->rows();
  fuzz::require(rows.lines.size() == rows.size() && rows.sequences.size() == rows.size(),
                "columns are equally long");
  std::size_t bytes = 0;
  for (const std::string_view line : rows.lines) bytes += line.size();
  fuzz::require(bytes <= max_block_bytes, "lines lie within the block");
}

void check_own(std::string_view text) {
  RowGroupBuilder builder;
  builder.add(from_unix_ns(5), 1, text, nullptr);
  builder.add(from_unix_ns(5), 2, "", nullptr);
  const auto group = RowGroup::decode(builder.finish(1));
  fuzz::require(group && (*group)->rows().lines[0] == text, "row groups come back");
}

void check_directory(std::string_view payload) {
  const auto directory = decode_directory(payload, from_unix_ns(0));
  if (!directory) return;
  for (const GroupInfo& group : directory->groups)
    for (const Run& run : group.runs)
      fuzz::require(run.stream < directory->streams.size(), "runs name a stream that is there");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  switch (input.below(6)) {
    case 0: check_head(std::string(input.rest())); break;
    case 1: check_group(input.rest()); break;
    case 2: check_directory(input.rest()); break;
    case 3: (void)decode_summary(input.rest()).has_value(); break;
    case 4: (void)unpack_body(input.rest()).has_value(); break;
    default: check_own(input.rest());
  }
  return 0;
}
