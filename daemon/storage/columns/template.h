// LineTemplate: what the lines of one kind have in common. A line is its template's pieces with the
// values of its slots between them. Format: docs/format/log-template.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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
//
// Open addressing on SplitLine::hash with linear probing, at most half full; what has the hash is
// compared piece by piece, so equal hashes of unequal templates cost time and nothing else.
class TemplateTable {
 public:
  // Past either bound no template is added, and find_or_add gives `none`. Bytes are those of the
  // pieces, and 8 for each piece.
  static constexpr std::size_t max_templates = 16 << 10;
  static constexpr std::size_t max_bytes = 8 << 20;
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::uint32_t find(std::string_view line, const SplitLine& split) const;  // or none
  std::uint32_t find_or_add(std::string_view line, const SplitLine& split);
  const LineTemplate& at(std::uint32_t number) const { return templates_[number]; }
  std::size_t size() const { return templates_.size(); }
  const std::vector<LineTemplate>& all() const { return templates_; }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t number = none;
  };
  // A template as one text, faster to compare with than many strings.
  struct Flat {
    LineKind kind = LineKind::text;
    std::uint32_t lengths = 0;  // the first of its pieces in lengths_
    std::uint32_t slots = 0;
    std::uint32_t text = 0;  // of its pieces in text_
  };

  std::size_t place_of(std::string_view line, const SplitLine& split) const;
  bool same(const Flat& flat, std::string_view line, const SplitLine& split) const;
  void add_flat(const LineTemplate& added);
  void grow();

  std::vector<LineTemplate> templates_;
  std::vector<Flat> flat_;
  std::vector<std::uint32_t> lengths_;
  std::string text_;
  std::vector<Entry> entries_ = std::vector<Entry>(256);
  std::size_t bytes_ = 0;
};

// A list of templates as stored (zstd inside). Error(corrupt) also for JSON and logfmt templates
// whose pieces are not what such a line's can be.
std::string encode_templates(std::span<const LineTemplate> templates);
Result<std::vector<LineTemplate>> decode_templates(std::string_view payload);

}  // namespace sluice::storage
