// PostingsBuilder: collects the labels of the series of a part that is written, group by group, and
// makes its postings section by section, so that they take bounded memory. For one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/storage/samples/postings.h"

namespace sluice::storage {

class PostingsBuilder {
 public:
  // Is given the blocks in the order of their numbers, as payloads.
  using Put = std::function<void(const std::string& payload)>;
  struct Limits {
    std::size_t section_bytes = 4 << 20;    // of memory, about
    std::size_t block_bytes = 32 << 10;     // before it is packed
    std::size_t directory_bytes = 4 << 20;  // of memory, about; past it no more sections
  };

  PostingsBuilder(int zstd_level, Limits limits) : level_(zstd_level), limits_(limits) {}
  explicit PostingsBuilder(int zstd_level) : PostingsBuilder(zstd_level, Limits()) {}

  // A series of the group that is being written.
  void add(std::string_view key);
  // No more series of it; a section that has grown large is put.
  void end_group(const Put& put);
  // Puts the last section. What tells of all of them.
  const PostingsDirectory& finish(const Put& put);

 private:
  // Groups of a section, as gaps: the list of docs/format/sample-part.md.
  struct GroupList {
    std::string gaps;
    std::uint32_t next = 0;         // behind the last one
    bool add(std::uint32_t group);  // false: it is there
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Values = std::unordered_map<std::string, GroupList, Hash, std::equal_to<>>;
  struct Name {
    Values values;
    Values::value_type* last = nullptr;  // most series have the value of the one before
    GroupList whole;                     // groups of which all series have the name
    std::uint32_t series = 0;            // of the group being written that have it
  };

  void add_label(Name& name, std::string_view value);
  void put_section(const Put& put);
  PostingsName put_name(const std::string& text, const Name& name, const Put& put);

  const int level_;
  const Limits limits_;
  std::map<std::string, Name, std::less<>> names_;
  std::size_t bytes_ = 0;         // of names_, about
  std::uint32_t series_ = 0;      // of the group being written
  std::uint32_t groups_ = 0;      // of the section, without the one being written
  std::uint32_t next_group_ = 0;  // of the part, behind the sections that are put
  std::uint32_t next_block_ = 0;
  std::size_t directory_bytes_ = 0;  // about
  PostingsDirectory directory_;
};

}  // namespace sluice::storage
