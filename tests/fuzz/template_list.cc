// The template list: foreign bytes, as stored and as the body of a list, are an error or a list
// that is written and read again as it was.
#include <string>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/template.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

void check_list(std::string_view payload) {
  const auto list = decode_templates(payload);
  if (!list) return;
  const auto again = decode_templates(encode_templates(*list));
  fuzz::require(again && again->size() == list->size(), "a list comes back");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const LineTemplate& each = (*list)[i];
    fuzz::require(each.pieces == (*again)[i].pieces && each.fields == (*again)[i].fields,
                  "templates come back");
    fuzz::require(each.fields.size() == (each.kind == LineKind::text ? 0 : each.slots()),
                  "each value has a field");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  if (input.flag()) {
    check_list(input.rest());
    return 0;
  }
  const std::string_view body = input.rest();
  std::string payload;
  put_varint(payload, body.size());
  append_zstd(payload, body, 1);
  check_list(payload);
  return 0;
}
