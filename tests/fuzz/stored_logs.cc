// Stored logs that passed their checksum by chance: decoders say corrupt and never read astray.
#include <numeric>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/row_group_merger.h"
#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/columns/row_group_writer.h"
#include "daemon/storage/head_encode.h"
#include "daemon/storage/part_format.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

SharedLabels intern(LabelSet labels) {
  return std::make_shared<const LabelSet>(std::move(labels));
}

void check_head(HeadBody body) {
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

// The first byte says how long the text is that the lines lie in; 0: they lie inside.
void check_head_body(fuzz::FuzzInput& input) {
  const std::size_t size = input.byte();
  HeadBody body;
  if (size > 0) body.text = {std::shared_ptr<const char[]>(new char[size]()), size};
  body.entries = input.rest();
  check_head(std::move(body));
}

void check_packed_head(std::string_view payload) {
  if (auto body = unpack_head(payload)) check_head(std::move(*body));
}

// Reads all there is of a row group.
void read_group(RowGroupReader& reader) {
  std::vector<std::uint32_t> rows(reader.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  std::string arena;
  std::vector<std::string_view> lines;
  std::vector<const LabelSet*> metadata;
  if (reader.lines(rows, arena, lines)) {
    fuzz::require(lines.size() == rows.size(), "a line per row");
    const auto length = reader.line_length(0);
    fuzz::require(length && *length == lines[0].size(), "lengths are those of the lines");
  }
  if (reader.metadata(rows, metadata))
    fuzz::require(metadata.size() == rows.size(), "metadata per row");
  if (const auto times = reader.timestamps())
    fuzz::require(times->size() == rows.size(), "a timestamp per row");
}

// A header before compression, then what the chunks hold: compressed here, or no mutation would
// ever get through.
void check_group(fuzz::FuzzInput& input) {
  const std::size_t header_size = input.byte() * std::size_t{256} + input.byte();
  const std::string_view rest = input.rest();
  const std::string_view raw = rest.substr(0, header_size);
  std::string payload;
  put_varint(payload, raw.size());
  append_zstd(payload, raw, 1);
  auto header = decode_header(payload);
  if (!header) return;
  auto templates = std::make_shared<TemplateList>();
  for (const auto& group : header->templates) {
    if (group.number > 1000) return;
    if (templates->size() <= group.number) templates->resize(group.number + 1);
    (*templates)[group.number].pieces.resize(group.slots + 1);
  }
  const auto shared = std::make_shared<const RowGroupHeader>(std::move(*header));
  const auto fetch = [&](std::uint32_t chunk) -> Result<std::string> {
    std::string bytes(rest.substr(std::min(rest.size(), header_size)));
    if (shared->chunks[chunk] > 1 << 20) return Error{ErrorCode::not_found, "too large for a test"};
    bytes.resize(shared->chunks[chunk]);
    std::string stored;
    append_zstd(stored, bytes, 1);
    return stored;
  };
  const auto reader = RowGroupReader::open(shared, templates, fetch);
  if (reader) read_group(**reader);
}

void check_merge(std::unique_ptr<RowGroupReader> reader, std::string_view text) {
  auto group = MergeGroup::load(std::move(reader));
  fuzz::require(group.has_value(), "row groups load");
  TemplateTable table;
  RowGroupMerger merger(table);
  merger.begin_run();
  for (std::uint32_t row = 0; row < (*group)->rows(); ++row) merger.add(*group, row);
  const auto encoded = merger.finish(1);
  auto header = decode_header(encoded.header);
  fuzz::require(header.has_value(), "headers of merged row groups come back");
  auto merged = RowGroupReader::open(
      std::make_shared<const RowGroupHeader>(std::move(*header)),
      std::make_shared<const TemplateList>(table.all()),
      [&](std::uint32_t chunk) -> Result<std::string> { return encoded.chunks[chunk]; });
  fuzz::require(merged.has_value(), "merged row groups open");
  std::string line;
  fuzz::require((*merged)->line(7, line) && line == text, "merged lines come back");
  fuzz::require((*merged)->line(20, line) && line.empty(), "empty lines come back merged");
}

void check_own(std::string_view text) {
  TemplateTable table;
  RowGroupWriter writer(table);
  writer.begin_run();
  for (std::uint64_t i = 0; i < 20; ++i) writer.add(from_unix_ns(5), i, text, nullptr);
  writer.add(from_unix_ns(5), 20, "", nullptr);
  const auto encoded = writer.finish(1);
  auto header = decode_header(encoded.header);
  fuzz::require(header.has_value(), "headers come back");
  auto templates = decode_templates(encode_templates(table.all()));
  fuzz::require(templates.has_value(), "template lists come back");
  auto reader = RowGroupReader::open(
      std::make_shared<const RowGroupHeader>(std::move(*header)),
      std::make_shared<const TemplateList>(std::move(*templates)),
      [&](std::uint32_t chunk) -> Result<std::string> { return encoded.chunks[chunk]; });
  fuzz::require(reader.has_value(), "row groups open");
  std::string line;
  fuzz::require((*reader)->line(0, line) && line == text, "lines come back");
  fuzz::require((*reader)->line(20, line) && line.empty(), "empty lines come back");
  check_merge(std::move(*reader), text);
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
  switch (input.below(7)) {
    case 0: check_head_body(input); break;
    case 1: check_group(input); break;
    case 2: check_directory(input.rest()); break;
    case 3: (void)decode_summary(input.rest()).has_value(); break;
    case 4: check_packed_head(input.rest()); break;
    case 5: (void)decode_templates(input.rest()).has_value(); break;
    default: check_own(input.rest());
  }
  return 0;
}
