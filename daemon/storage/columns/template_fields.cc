#include "daemon/storage/columns/template_fields.h"

#include "daemon/storage/columns/byte_class.h"

namespace sluice::storage {

namespace {

using Fields = std::optional<std::vector<std::string>>;

constexpr char key_separator = '\x1F';

// Walks the static bytes of a JSON line: braces, keys, and the quotes around values.
class JsonFields {
 public:
  explicit JsonFields(const std::vector<std::string>& pieces) : pieces_(pieces) {}

  Fields run() {
    while (piece_ < pieces_.size()) {
      if (at_ < piece().size() ? !character() : !slot()) return std::nullopt;
    }
    if (!ended_ || !lengths_.empty()) return std::nullopt;
    return std::move(fields_);
  }

 private:
  const std::string& piece() const { return pieces_[piece_]; }
  bool character();
  bool open();
  bool close();
  bool quote();
  bool slot();

  const std::vector<std::string>& pieces_;
  std::size_t piece_ = 0;
  std::size_t at_ = 0;
  std::string path_;
  std::vector<std::size_t> lengths_;  // of path_ at each object that is open
  bool value_ = false;                // behind a key's colon
  bool ended_ = false;                // the last piece is read
  std::vector<std::string> fields_;
};

bool JsonFields::character() {
  switch (piece()[at_++]) {
    case '{': return open();
    case '}': return close();
    case '"': return quote();
    case ':':
      if (lengths_.empty() || value_ || path_.size() == lengths_.back()) return false;
      value_ = true;
      return true;
    case ',': return !lengths_.empty() && !value_;
    case ' ':
    case '\t':
    case '\r':
    case '\n': return true;
    default: return false;
  }
}

bool JsonFields::open() {
  if (lengths_.size() == max_line_depth || lengths_.empty() == value_) return false;
  lengths_.push_back(path_.size());
  value_ = false;
  return true;
}

bool JsonFields::close() {
  if (lengths_.empty() || value_) return false;
  lengths_.pop_back();
  path_.resize(lengths_.empty() ? 0 : lengths_.back());
  return true;
}

// A key, or the quote before a value: that of a string is the last byte of its piece, and the next
// piece begins with the second quote.
bool JsonFields::quote() {
  if (lengths_.empty()) return false;
  if (value_) {
    if (at_ != piece().size() || piece_ + 1 == pieces_.size()) return false;
    if (!slot() || piece().empty() || piece().front() != '"') return false;
    at_ = 1;
    return true;
  }
  const std::size_t end = piece().find('"', at_);
  if (end == std::string::npos || path_.size() != lengths_.back()) return false;
  path_ += key_separator;
  path_.append(piece(), at_, end - at_);
  at_ = end + 1;
  return true;
}

// The end of a piece: a value, or of the last one the end of the line.
bool JsonFields::slot() {
  at_ = 0;
  if (++piece_ == pieces_.size()) {
    ended_ = true;
    return true;
  }
  if (!value_) return false;
  value_ = false;
  fields_.push_back(path_);
  path_.resize(lengths_.back());
  return true;
}

// The key before a slot: key= or key=" at the end of the piece.
Fields logfmt_fields(const std::vector<std::string>& pieces) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    std::string_view rest = pieces[i];
    if (rest.ends_with('"')) rest.remove_suffix(1);
    if (!rest.ends_with('=')) return std::nullopt;
    rest.remove_suffix(1);
    std::size_t begin = rest.size();
    while (begin > 0 && in_class(rest[begin - 1], key_byte)) --begin;
    if (begin == rest.size()) return std::nullopt;
    fields.emplace_back(rest.substr(begin));
  }
  return fields;
}

}  // namespace

Fields fields_of(LineKind kind, const std::vector<std::string>& pieces) {
  switch (kind) {
    case LineKind::text: return std::vector<std::string>();
    case LineKind::json: return JsonFields(pieces).run();
    case LineKind::logfmt: return logfmt_fields(pieces);
  }
  return std::nullopt;
}

}  // namespace sluice::storage
