// Postings of a sample part: per section and label name a dictionary of values, each with the
// groups that have it. Bytes and what they mean: docs/format/sample-part.md. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/group_set.h"

namespace sluice::storage {

// Where the dictionary of a name lies within a section.
struct PostingsName {
  std::string name;
  std::uint32_t first_block = 0;
  std::vector<std::string> least;  // value of each block
  friend bool operator==(const PostingsName&, const PostingsName&) = default;
};

// A run of groups of the part, and the names that their series have.
struct PostingsSection {
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  std::vector<PostingsName> names;  // ascending

  const PostingsName* find(std::string_view name) const;  // or null
  friend bool operator==(const PostingsSection&, const PostingsSection&) = default;
};
// Together they tell of the first groups of the part, mostly of all.
using PostingsDirectory = std::vector<PostingsSection>;

std::string encode_postings_directory(const PostingsDirectory& directory, int level);
// `groups`: that the part has. Error(corrupt).
Result<PostingsDirectory> decode_postings_directory(std::string_view payload, std::uint32_t groups);

// A block being written: values ascending.
class PostingsBlockWriter {
 public:
  void add(std::string_view value, const GroupSet& groups);
  std::size_t bytes() const { return body_.size(); }
  bool empty() const { return values_ == 0; }
  // Then it is empty again.
  std::string finish(int level);

 private:
  std::string body_;
  std::string last_;
  std::size_t values_ = 0;
};

// Walks over the values of a block, which must outlive it. For one thread.
class PostingsBlockReader {
 public:
  // `body`: unpacked; `groups`: of the section.
  PostingsBlockReader(std::string_view body, std::uint32_t groups);
  // False at the end. Error(corrupt).
  Result<bool> next();
  std::string_view value() const { return value_; }
  // Of the current value; the set is of the section. Error(corrupt).
  Result<void> read_groups(GroupSet& groups) const;

 private:
  ByteReader in_;
  std::uint32_t groups_;
  std::size_t left_ = 0;
  bool first_ = true;
  std::string value_;
  std::uint64_t form_ = 0;
  std::string_view posting_;
};

}  // namespace sluice::storage
