#include "base/wire/batch_identity.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/types/ascii.h"
#include "base/types/assert.h"

namespace sluice {

namespace {

// Below the server's 64 KiB of headers; agents cut batches to fit.
constexpr std::size_t max_header_bytes = 60'000;
// Bounds what a short header ("1x4000000000") can make us allocate.
constexpr std::uint64_t max_entries = 65'536;
constexpr std::size_t max_agent_bytes = 64;
constexpr std::size_t source_digits = 32;

bool agent_char(char c) {
  return is_digit(c) || is_ascii_letter(c) || c == '_' || c == '.' || c == '-';
}
// Lower case only: two spellings of one source would have two marks.
bool source_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

// The header's fields in their fixed order, read left to right.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : text_(text), rest_(text) {}

  Result<BatchIdentity> read() {
    BatchIdentity id;
    SLUICE_CHECK(expect("v1;agent="));
    SLUICE_TRY(id.agent.value, token(agent_char, 1, max_agent_bytes, "an agent id"));
    SLUICE_CHECK(expect(";source="));
    SLUICE_TRY(id.source,
               token(source_char, source_digits, source_digits, "32 lower-case hex digits"));
    SLUICE_CHECK(expect(";start="));
    SLUICE_TRY(id.start, number());
    SLUICE_CHECK(expect(";lens="));
    SLUICE_CHECK(read_lens(id));
    if (!rest_.empty()) {
      SLUICE_CHECK(expect(";gap=loss"));
      id.gap_is_loss = true;
    }
    if (!rest_.empty()) return bad("the end");
    return id;
  }

 private:
  Error bad(std::string_view expected) const {
    return invalid_argument(std::string(batch_header) + ": expected " + std::string(expected) +
                            " at byte " + std::to_string(text_.size() - rest_.size()));
  }

  bool take(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  Result<void> expect(std::string_view literal) {
    if (!take(literal)) return bad("\"" + std::string(literal) + "\"");
    return {};
  }

  Result<std::string> token(bool (*allowed)(char), std::size_t min, std::size_t max,
                            std::string_view what) {
    std::size_t n = 0;
    while (n < rest_.size() && n <= max && allowed(rest_[n])) ++n;
    if (n < min || n > max) return bad(what);
    std::string value(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return value;
  }

  Result<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, ec] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (ec != std::errc{}) return bad("a number below 2^64");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  Result<void> read_lens(BatchIdentity& id) {
    id.end = id.start;
    do {
      SLUICE_CHECK(read_run(id));
    } while (take(","));
    return {};
  }

  Result<void> read_run(BatchIdentity& id) {
    SLUICE_TRY(const std::uint64_t length, number());
    std::uint64_t count = 1;
    if (take("x")) {
      SLUICE_TRY(count, number());
    }
    if (length == 0 || count == 0) return bad("lengths and counts of at least 1");
    if (count > max_entries - id.ends.size()) return bad("at most 65536 entries");
    if (length > (std::numeric_limits<std::uint64_t>::max() - id.end) / count)
      return bad("offsets below 2^64");
    for (std::uint64_t i = 0; i < count; ++i) id.ends.push_back(id.end += length);
    return {};
  }

  std::string_view text_;
  std::string_view rest_;
};

void append_run(std::string& out, std::uint64_t length, std::uint64_t count) {
  if (out.back() != '=') out += ',';
  out += std::to_string(length);
  if (count > 1) out += "x" + std::to_string(count);
}

}  // namespace

std::string format_batch_identity(const BatchIdentity& identity) {
  SLUICE_ASSERT(!identity.ends.empty() && identity.ends.back() == identity.end);
  std::string out = "v1;agent=" + identity.agent.value + ";source=" + identity.source +
                    ";start=" + std::to_string(identity.start) + ";lens=";
  std::uint64_t previous = identity.start;
  std::uint64_t length = 0;
  std::uint64_t count = 0;
  for (const std::uint64_t end : identity.ends) {
    SLUICE_ASSERT(end > previous);
    if (count > 0 && end - previous != length) {
      append_run(out, length, count);
      count = 0;
    }
    length = end - previous;
    ++count;
    previous = end;
  }
  append_run(out, length, count);
  if (identity.gap_is_loss) out += ";gap=loss";
  return out;
}

Result<BatchIdentity> parse_batch_identity(std::string_view header) {
  if (header.size() > max_header_bytes)
    return invalid_argument(std::string(batch_header) + ": longer than 60000 bytes");
  return HeaderReader(header).read();
}

}  // namespace sluice
