#include "daemon/storage/columns/line_splitter.h"

#include "base/types/assert.h"
#include "daemon/storage/columns/byte_class.h"
#include "daemon/storage/columns/piece_bytes.h"
#include "daemon/storage/columns/split_json.h"
#include "daemon/storage/columns/split_logfmt.h"
#include "daemon/storage/columns/split_text.h"

namespace sluice::storage {

bool is_token(char c) {
  return in_class(c, token_byte);
}

void LineSplitter::split(std::string_view line, Detail detail, SplitLine& out) {
  SLUICE_ASSERT(line.size() <= ~std::uint32_t{0});
  out.slots.clear();
  if (detail == Detail::fine && split_json(line, out.slots)) {
    out.kind = LineKind::json;
  } else if (detail == Detail::fine && split_logfmt(line, out.slots)) {
    out.kind = LineKind::logfmt;
  } else {
    out.kind = LineKind::text;
    bits_.fill(line);
    if (detail == Detail::fine)
      split_text_fine(line, bits_, out.slots);
    else
      split_text_coarse(line, bits_, fine_, out.slots);
  }
  out.hash = hash_pieces(line, out);
}

void LineSplitter::whole(std::string_view line, SplitLine& out) {
  out.kind = LineKind::text;
  out.slots.assign(1, {0, static_cast<std::uint32_t>(line.size())});
  out.hash = hash_pieces(line, out);
}

}  // namespace sluice::storage
