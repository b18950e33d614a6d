#include "daemon/storage/columns/split_json.h"

#include <simdjson.h>

#include "daemon/storage/columns/byte_class.h"
#include "daemon/storage/columns/json_scan.h"
#include "daemon/storage/columns/key_set.h"

namespace sluice::storage {

namespace {

class JsonSplit {
 public:
  JsonSplit(std::string_view line, std::vector<SlotRange>& out)
      : begin_(line.data()), at_(begin_), end_(begin_ + line.size()), out_(out) {}

  // The object must be all there is.
  bool run() {
    blanks();
    if (!take('{') || !object(1)) return false;
    blanks();
    return at_ == end_ && (!foreign_ || simdjson::validate_utf8(begin_, length()));
  }

 private:
  // Each begins behind the opening character and ends behind the closing one.
  bool object(std::size_t depth);
  bool array(std::size_t depth);
  bool string(JsonString& found);
  bool key(std::size_t first_key);
  bool member_value(std::size_t depth);
  bool element(std::size_t depth);
  bool scalar();

  std::size_t length() const { return static_cast<std::size_t>(end_ - begin_); }
  void blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool slot(const char* begin, const char* end) {
    if (out_.size() == max_line_slots) return false;
    out_.push_back(
        {static_cast<std::uint32_t>(begin - begin_), static_cast<std::uint32_t>(end - begin_)});
    return true;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  std::vector<SlotRange>& out_;
  KeySet keys_;
  bool foreign_ = false;
};

bool JsonSplit::string(JsonString& found) {
  found = scan_json_string(at_, end_);
  if (found.end == nullptr) return false;
  at_ = found.end + 1;
  foreign_ = foreign_ || found.foreign;
  return true;
}

bool JsonSplit::key(std::size_t first_key) {
  const char* const begin = at_ + 1;
  JsonString found;
  if (!take('"') || !string(found) || found.escapes) return false;
  if (!keys_.add({begin, static_cast<std::size_t>(found.end - begin)}, first_key)) return false;
  blanks();
  if (!take(':')) return false;
  blanks();
  return true;
}

bool JsonSplit::scalar() {
  if (at_ == end_) return false;
  at_ = *at_ == '-' || in_class(*at_, digit_byte) ? scan_json_number(at_, end_)
                                                  : scan_json_word(at_, end_);
  return at_ != nullptr;
}

bool JsonSplit::member_value(std::size_t depth) {
  const char* const begin = at_;
  if (take('"')) {
    JsonString found;
    return string(found) && slot(begin + 1, found.end);
  }
  if (take('{')) return object(depth + 1);
  return (take('[') ? array(depth + 1) : scalar()) && slot(begin, at_);
}

bool JsonSplit::object(std::size_t depth) {
  if (depth > max_line_depth) return false;
  const std::size_t first_key = keys_.size();
  blanks();
  if (!take('}')) {
    do {
      blanks();
      if (!key(first_key) || !member_value(depth)) return false;
      blanks();
    } while (take(','));
    if (!take('}')) return false;
  }
  keys_.shrink(first_key);
  return true;
}

// Objects in arrays may have any keys: they are not flattened.
bool JsonSplit::element(std::size_t depth) {
  JsonString found;
  if (take('"')) return string(found);
  if (take('[')) return array(depth + 1);
  if (!take('{')) return scalar();
  if (depth >= max_line_depth) return false;
  blanks();
  if (take('}')) return true;
  do {
    blanks();
    if (!take('"') || !string(found)) return false;
    blanks();
    if (!take(':')) return false;
    blanks();
    if (!element(depth + 1)) return false;
    blanks();
  } while (take(','));
  return take('}');
}

bool JsonSplit::array(std::size_t depth) {
  if (depth > max_line_depth) return false;
  blanks();
  if (take(']')) return true;
  do {
    blanks();
    if (!element(depth)) return false;
    blanks();
  } while (take(','));
  return take(']');
}

}  // namespace

bool split_json(std::string_view line, std::vector<SlotRange>& out) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || line[first] != '{') return false;
  const std::size_t before = out.size();
  if (JsonSplit(line, out).run()) return true;
  out.resize(before);
  return false;
}

}  // namespace sluice::storage
