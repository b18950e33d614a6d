#include "daemon/storage/shape_classes.h"

#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/storage/columns/timestamp_layout.h"

namespace sluice::storage {

namespace {

// Words of fewer hex digits may have none that is a digit, and then are static.
constexpr std::uint16_t hex_variable_digits = 8;

bool signed_form(NumberForm form) {
  return form == NumberForm::integer || form == NumberForm::decimal ||
         form == NumberForm::decimal_trimmed || form == NumberForm::decimal_float;
}

class Classes {
 public:
  Classes(const rules::PartPlace& place, bool escaped) : place_(place), escaped_(escaped) {}

  std::uint32_t of(std::string_view value) {
    key_.clear();
    if (escaped_ && value.find('\\') != std::string_view::npos)
      key_.assign(1, '\\').append(value);
    else
      rules::append_template_key(value, place_, key_);
    const auto it = known_.find(key_);
    if (it != known_.end()) return it->second;
    return known_.emplace(key_, static_cast<std::uint32_t>(known_.size())).first->second;
  }
  std::size_t count() const { return known_.size(); }

 private:
  const rules::PartPlace place_;
  const bool escaped_;
  std::string key_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

std::vector<std::uint32_t> of_dictionary(const SlotColumn& column, Classes& classes) {
  std::vector<std::uint32_t> by_code;
  for (const std::string_view value : column.values()) by_code.push_back(classes.of(value));
  std::vector<std::uint32_t> out;
  if (classes.count() == 1 || column.constant()) return out;
  out.reserve(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) out.push_back(by_code[column.code(row)]);
  return out;
}

}  // namespace

bool one_class(const ColumnInfo& info, const rules::PartPlace& place) {
  if (info.shape == ColumnShape::dictionary) return info.distinct == 1;
  if (info.shape == ColumnShape::text || place.joins()) return false;
  if (info.shape == ColumnShape::fixed) return true;
  if (signed_form(info.form)) return info.min >= 0 || place.sign_is_value;
  if (info.form == NumberForm::hex_lower || info.form == NumberForm::hex_upper)
    return info.width >= hex_variable_digits;
  return info.form != NumberForm::timestamp || !layout_has_names(info.width);
}

std::vector<std::uint32_t> classes_of(const SlotColumn& column, const rules::PartPlace& place,
                                      bool escaped) {
  Classes classes(place, escaped);
  if (column.shape() == ColumnShape::dictionary) return of_dictionary(column, classes);
  std::vector<std::uint32_t> out;
  out.reserve(column.size());
  std::string value;
  for (std::size_t row = 0; row < column.size(); ++row) {
    value.clear();
    column.append(row, value);
    out.push_back(classes.of(value));
  }
  if (classes.count() == 1) out.clear();
  return out;
}

}  // namespace sluice::storage
