#include "daemon/storage/columns/text_codes.h"

#include <string>

#include "daemon/storage/columns/code_table.h"
#include "daemon/storage/columns/pattern_column.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::storage {

namespace {

// Most columns have far fewer values than rows, and so much stays in the nearest cache.
constexpr std::size_t codes_at_first = 1 << 10;

std::uint64_t hash_bytes(std::string_view value) {
  return XXH3_64bits(value.data(), value.size());
}

// Numbers the values of one pattern. Where it has one slot, values are as distinct as what is in
// it, and only new ones are written out.
class PatternCodes {
 public:
  // `text` has the values of all patterns, `ends` where each of them ends.
  PatternCodes(const PatternColumn::Pattern& pattern, std::string& text,
               std::vector<std::uint32_t>& ends)
      : pattern_(pattern), text_(text), ends_(ends) {
    if (pattern.columns.size() == 1) only_ = &pattern.columns[0];
    if (only_ != nullptr && only_->shape() == ColumnShape::dictionary)
      by_code_.assign(only_->values().size(), none);
  }

  std::uint32_t code_of(std::size_t ordinal) {
    if (only_ == nullptr) return code_of_text(ordinal);
    if (only_->shape() == ColumnShape::number) return code_of_number(ordinal);
    if (only_->shape() != ColumnShape::dictionary) return code_of_text(ordinal);
    std::uint32_t& known = by_code_[only_->code(ordinal)];
    if (known == none) known = add(ordinal);
    return known;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::uint32_t next() const { return static_cast<std::uint32_t>(ends_.size()); }
  std::uint32_t add(std::size_t ordinal) {
    const std::uint32_t code = next();
    pattern_.append(ordinal, text_);
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
    return code;
  }

  std::uint32_t code_of_number(std::size_t ordinal) {
    const std::int64_t number = only_->numbers()[ordinal];
    const auto hash =
        static_cast<std::uint32_t>(static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U >> 32);
    const auto local = static_cast<std::uint32_t>(numbers_.size());
    const std::uint32_t found = table_.find_or_add(
        hash, local, [&](std::uint32_t code) { return numbers_[code] == number; });
    if (found == local) {
      numbers_.push_back(number);
      by_code_.push_back(add(ordinal));
    }
    return by_code_[found];
  }

  std::uint32_t code_of_text(std::size_t ordinal) {
    const std::size_t begin = text_.size();
    const std::uint32_t code = add(ordinal);
    const auto value = std::string_view(text_).substr(begin);
    const auto local = static_cast<std::uint32_t>(by_code_.size());
    const std::uint32_t found =
        table_.find_or_add(static_cast<std::uint32_t>(hash_bytes(value) >> 32), local,
                           [&](std::uint32_t known) { return text_at(by_code_[known]) == value; });
    if (found == local) {
      by_code_.push_back(code);
      return code;
    }
    text_.resize(begin);
    ends_.pop_back();
    return by_code_[found];
  }
  std::string_view text_at(std::uint32_t code) const {
    const std::size_t begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(text_).substr(begin, ends_[code] - begin);
  }

  const PatternColumn::Pattern& pattern_;
  std::string& text_;
  std::vector<std::uint32_t>& ends_;
  const SlotColumn* only_ = nullptr;
  CodeTable table_{codes_at_first};
  std::vector<std::int64_t> numbers_;   // those found
  std::vector<std::uint32_t> by_code_;  // codes of what is found in the pattern
};

}  // namespace

TextCodes::TextCodes(std::shared_ptr<const SlotColumn> column) {
  codes_.reserve(column->size());
  if (column->shape() == ColumnShape::pattern) {
    number_parts(*column->parts());
    return;
  }
  column_ = std::move(column);
  number_texts(*column_);
  values_.shrink_to_fit();
  hashes_.shrink_to_fit();
}

void TextCodes::number_texts(const SlotColumn& column) {
  CodeTable table(codes_at_first);
  for (std::size_t row = 0; row < column.size(); ++row) {
    const std::string_view value = column.text(row);
    const std::uint64_t hash = hash_bytes(value);
    const auto next = static_cast<std::uint32_t>(values_.size());
    const std::uint32_t code =
        table.find_or_add(static_cast<std::uint32_t>(hash >> 32), next,
                          [&](std::uint32_t known) { return values_[known] == value; });
    if (code == next) {
      values_.push_back(value);
      hashes_.push_back(hash);
    }
    codes_.push_back(static_cast<std::uint16_t>(code));
  }
}

void TextCodes::number_parts(const PatternColumn& parts) {
  std::string text;
  std::vector<std::uint32_t> ends;
  std::vector<PatternCodes> patterns;
  patterns.reserve(parts.patterns().size());
  for (const auto& pattern : parts.patterns()) patterns.emplace_back(pattern, text, ends);
  for (std::size_t row = 0; row < parts.size(); ++row)
    codes_.push_back(
        static_cast<std::uint16_t>(patterns[parts.pattern_of(row)].code_of(parts.ordinal(row))));
  bytes_.assign(text.begin(), text.end());
  values_.reserve(ends.size());
  hashes_.reserve(ends.size());
  std::uint32_t begin = 0;
  for (const std::uint32_t end : ends) {
    values_.emplace_back(bytes_.data() + begin, end - begin);
    hashes_.push_back(hash_bytes(values_.back()));
    begin = end;
  }
}

}  // namespace sluice::storage
