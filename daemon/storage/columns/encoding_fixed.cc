// Binary values of one width: long hexadecimal numbers and UUIDs, value by value.
#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

bool encode_fixed(Values values, const ColumnInfo& info, std::string& out) {
  const std::size_t stride = fixed_stride(info.form, info.width);
  const std::size_t before = out.size();
  out.resize(before + stride * values.size());
  char* next = out.data() + before;
  for (const std::string_view value : values) {
    if (!parse_fixed(info.form, info.width, value, next)) {
      out.resize(before);
      return false;
    }
    next += stride;
  }
  return true;
}

Result<void> ColumnDecoder::fixed() {
  const ColumnInfo& info = column_.info_;
  column_.stride_ = fixed_stride(info.form, info.width);
  const std::string_view bytes = in_.bytes(column_.stride_ * rows_);
  if (!in_.ok()) return corrupt_column("fixed values are cut");
  if (info.form != NumberForm::uuid && info.width % 2 != 0)
    for (std::size_t i = 0; i < bytes.size(); i += column_.stride_)
      if ((bytes[i] & '\xF0') != 0) return corrupt_column("a fixed value has too many digits");
  keep_bytes(bytes);
  return {};
}

}  // namespace sluice::storage
