// Every way a needle can lie in a line of a template.
//
// The needle begins in a piece or in a slot. From there it is followed through the line: a piece on
// its way must be matched byte for byte; a slot on its way equals a part of it, or begins with all
// that is left. Empty values are no special case: a slot may equal the empty part.
#include <algorithm>

#include "daemon/storage/columns/byte_set.h"
#include "daemon/storage/columns/needle.h"

namespace sluice::storage {

namespace {

// Not counting those within one slot, of which there are as many as slots.
constexpr std::size_t max_across = 64;

class PlacementFinder {
 public:
  PlacementFinder(const LineTemplate& pattern, const Needle& needle, bool within_slots)
      : pieces_(pattern.pieces),
        needle_(needle.text),
        fold_(needle.fold),
        within_slots_(within_slots) {
    for (std::size_t i = 0; i + 1 < needle_.size(); ++i) {
      add(needle_[i], ends_);
      add(needle_[i + 1], starts_);
    }
  }

  std::optional<std::vector<Placement>> find() {
    if (is_static()) return std::vector<Placement>(1);
    for (std::uint32_t i = 0; i + 1 < pieces_.size() && !too_many_; ++i) {
      begin_in_piece(i);
      begin_in_slot(i);
    }
    if (too_many_) return std::nullopt;
    return std::move(found_);
  }

 private:
  static void add(char c, ByteSet& set) {
    const auto byte = static_cast<unsigned char>(c);
    set.bits[byte / 64] |= std::uint64_t{1} << (byte % 64);
  }

  bool is_static() const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const std::string& piece) {
      return piece.size() >= needle_.size() && contains(piece, needle_, fold_);
    });
  }

  // At the last bytes of piece i, and on into slot i. What ends within the piece is static.
  void begin_in_piece(std::uint32_t i) {
    const std::string_view piece = pieces_[i];
    if (piece.empty() || !ends_.has(folded(piece.back()))) return;
    const std::size_t most = std::min(piece.size(), needle_.size() - 1);
    for (std::size_t taken = 1; taken <= most; ++taken)
      if (agree(piece.back(), needle_[taken - 1]) &&
          ends_with(piece, needle_.substr(0, taken), fold_))
        in_slot(i, needle_.substr(taken));
  }

  void begin_in_slot(std::uint32_t i) {
    if (within_slots_) found_.push_back({{i, SlotTest::contains, std::string(needle_)}});
    const std::string_view piece = pieces_[i + 1];
    if (!piece.empty() && !starts_.has(folded(piece.front()))) return;
    for (std::size_t taken = 1; taken < needle_.size() && !too_many_; ++taken)
      if (fits_piece(i + 1, needle_.substr(taken)))
        with(i, SlotTest::suffix, needle_.substr(0, taken),
             [&] { in_piece(i + 1, needle_.substr(taken)); });
  }

  // `rest`, which is not empty, begins where slot i does.
  void in_slot(std::uint32_t i, std::string_view rest) {
    with(i, SlotTest::prefix, rest, [&] { keep(); });
    for (std::size_t taken = 0; taken < rest.size() && !too_many_; ++taken)
      if (fits_piece(i + 1, rest.substr(taken)))
        with(i, SlotTest::equals, rest.substr(0, taken),
             [&] { in_piece(i + 1, rest.substr(taken)); });
  }

  // Settles most places before anything is called.
  bool agree(char c, char of_needle) const { return folded(c) == of_needle; }
  char folded(char c) const { return fold_ ? to_lower(c) : c; }

  // Piece i and `rest`, which is not empty, agree as far as both go. A needle that would go on past
  // the last piece does not fit.
  bool fits_piece(std::uint32_t i, std::string_view rest) const {
    const std::string_view piece = pieces_[i];
    if (!piece.empty() && !agree(piece.front(), rest.front())) return false;
    if (piece.size() >= rest.size()) return begins_with(piece, rest, fold_);
    return i + 1 < pieces_.size() && same(piece, rest.substr(0, piece.size()), fold_);
  }

  void in_piece(std::uint32_t i, std::string_view rest) {
    const std::size_t size = pieces_[i].size();
    if (size >= rest.size()) return keep();
    in_slot(i, rest.substr(size));
  }

  template <typename Go>
  void with(std::uint32_t slot, SlotTest test, std::string_view text, Go go) {
    path_.push_back({slot, test, std::string(text)});
    go();
    path_.pop_back();
  }

  void keep() {
    if (++across_ > max_across)
      too_many_ = true;
    else
      found_.push_back(path_);
  }

  const std::vector<std::string>& pieces_;
  const std::string_view needle_;
  const bool fold_;
  const bool within_slots_;
  // What the needle has before its last byte, and behind its first: most pieces end and begin with
  // something else, and then it lies in none of them and beside.
  ByteSet ends_;
  ByteSet starts_;
  Placement path_;
  std::vector<Placement> found_;
  std::size_t across_ = 0;
  bool too_many_ = false;
};

}  // namespace

std::optional<std::vector<Placement>> placements(const LineTemplate& pattern,
                                                 const Needle& needle) {
  return PlacementFinder(pattern, needle, true).find();
}

std::optional<std::vector<Placement>> placements_across(const LineTemplate& pattern,
                                                        const Needle& needle) {
  return PlacementFinder(pattern, needle, false).find();
}

std::optional<std::vector<Placement>> placements(const LineTemplate& pattern,
                                                 std::string_view needle) {
  return placements(pattern, Needle{std::string(needle), false});
}

}  // namespace sluice::storage
