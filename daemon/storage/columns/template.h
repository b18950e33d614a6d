// LineTemplate: what the lines of one kind have in common. A line is its template's pieces with the
// values of its slots between them. Format: docs/format/log-part.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

struct LineTemplate {
  LineKind kind = LineKind::text;
  std::vector<std::string> pieces;  // slots + 1, any of them may be empty
  // JSON: the keys that lead to each slot's value, each preceded by 0x1F; logfmt: the key; text:
  // empty. As they stand in the line, escapes included.
  std::vector<std::string> fields;

  std::size_t slots() const { return pieces.size() - 1; }
  std::size_t static_bytes() const;
  bool fits(std::string_view line, const SplitLine& split) const;

  static LineTemplate from(std::string_view line, const SplitLine& split);
};

// The templates of one part, numbered as they appear. Not safe for use by several threads.
class TemplateTable {
 public:
  // Past either bound no template is added, and find_or_add gives `none`.
  static constexpr std::size_t max_templates = 16 << 10;
  static constexpr std::size_t max_bytes = 8 << 20;
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::uint32_t find(std::string_view line, const SplitLine& split) const;  // or none
  std::uint32_t find_or_add(std::string_view line, const SplitLine& split);
  const LineTemplate& at(std::uint32_t number) const { return templates_[number]; }
  std::size_t size() const { return templates_.size(); }
  const std::vector<LineTemplate>& all() const { return templates_; }

 private:
  std::vector<LineTemplate> templates_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> numbers_;  // by hash
  std::size_t bytes_ = 0;
};

// A list of templates as stored (zstd inside). Error(corrupt).
std::string encode_templates(std::span<const LineTemplate> templates);
Result<std::vector<LineTemplate>> decode_templates(std::string_view payload);

}  // namespace sluice::storage
