// Postings of sample parts: decoders survive foreign bytes, what decodes is written and read again
// to the same, and what a builder was given comes back.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/packed_body.h"
#include "daemon/storage/samples/postings_builder.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;
using Values = std::vector<std::pair<std::string, GroupSet>>;

// Nothing: the bytes are no block.
std::optional<Values> read_block(std::string_view body, std::uint32_t groups) {
  PostingsBlockReader reader(body, groups);
  Values values;
  for (GroupSet found(groups);;) {
    const auto more = reader.next();
    if (!more || (*more && !reader.read_groups(found))) return std::nullopt;
    if (!*more) return values;
    fuzz::require(values.empty() || values.back().first < reader.value(), "values ascend");
    values.emplace_back(reader.value(), found);
  }
}

void check_block(std::string_view body, std::uint32_t groups) {
  const auto values = read_block(body, groups);
  if (!values) return;
  PostingsBlockWriter writer;
  for (const auto& [value, found] : *values) writer.add(value, found);
  const auto again = unpack_zstd(writer.finish(1));
  fuzz::require(again.has_value(), "blocks unpack");
  fuzz::require(read_block(*again, groups) == values, "blocks come back");
}

void check_directory(std::string_view body, std::uint32_t groups) {
  const auto directory = decode_postings_directory(pack_zstd(body, 1), groups);
  if (!directory) return;
  const auto back = decode_postings_directory(encode_postings_directory(*directory, 1), groups);
  fuzz::require(back && *back == *directory, "label names come back");
}

// A line per series, "name=value" by spaces; an empty line ends a group.
void check_built(fuzz::FuzzInput& input) {
  PostingsBuilder::Limits limits;
  limits.section_bytes = input.below(8) * 400 + 1;
  limits.block_bytes = input.below(16) + 1;
  PostingsBuilder builder(1, limits);
  std::vector<std::string> blocks;
  const auto put = [&](const std::string& block) { blocks.push_back(block); };
  std::set<std::pair<std::string, std::string>> wanted;
  for (int i = 0; i < 200; ++i) {
    const std::string_view line = input.line();
    if (line.empty()) {
      builder.end_group(put);
      continue;
    }
    LabelSet labels;
    labels.set(line.substr(0, 1), line.substr(1, 3));
    if (line.size() > 4) labels.set(line.substr(4, 1), line.substr(5));
    builder.add(label_key(labels));
    for (const Label& label : labels)
      if (!label.value.empty()) wanted.emplace(label.name, label.value);
  }
  builder.end_group(put);
  std::set<std::pair<std::string, std::string>> found;
  for (const PostingsSection& section : builder.finish(put))
    for (const PostingsName& name : section.names)
      for (std::size_t i = 0; i < name.least.size(); ++i) {
        const auto body = unpack_zstd(blocks.at(name.first_block + i));
        const auto values = body ? read_block(*body, section.groups) : std::nullopt;
        fuzz::require(values && values->front().first == name.least[i], "blocks are found");
        for (const auto& [value, groups] : *values)
          if (!value.empty()) found.emplace(name.name, value);
      }
  fuzz::require(found == wanted, "values come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const std::size_t what = input.below(3);
  if (what == 2) {
    check_built(input);
    return 0;
  }
  const auto groups = static_cast<std::uint32_t>(input.below(70));
  if (what == 0)
    check_block(input.rest(), groups);
  else
    check_directory(input.rest(), groups);
  return 0;
}
