#include "tests/bench/corpus/values.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sluice::bench {

namespace {

constexpr std::size_t pool_max = 8192;
constexpr std::size_t recent_window = 4;  // what counts as recent when a sample is learnt
// Ids turn up in several lines of one stream (a request, a block, a session); samples cut out of
// larger logs hide that.
constexpr double identity_recent = 0.6;

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool lower_hex(char c) {
  return c >= 'a' && c <= 'f';
}
bool upper_hex(char c) {
  return c >= 'A' && c <= 'F';
}

bool is_address(std::string_view value) {
  int dots = 0, digits = 0;
  for (const char c : value) {
    if (c == '.') {
      if (digits == 0) return false;
      ++dots;
      digits = 0;
    } else if (!digit(c) || ++digits > 3) {
      return false;
    }
  }
  return dots == 3 && digits > 0;
}

bool number(std::string_view value) {
  return !value.empty() && value.size() <= 18 && std::all_of(value.begin(), value.end(), digit) &&
         (value.front() != '0' || value.size() == 1);
}

std::uint64_t as_number(std::string_view value) {
  std::uint64_t n = 0;
  for (const char c : value) n = n * 10 + static_cast<std::uint64_t>(c - '0');
  return n;
}

// The last two of four numbers are drawn again: other hosts of the same nets.
void change_address(std::string& value, Random& random) {
  const std::size_t last = value.rfind('.');
  const std::size_t third = value.rfind('.', last - 1);
  value.resize(third + 1);
  value += std::to_string(random.below(32));
  value.push_back('.');
  value += std::to_string(1 + random.below(254));
}

void change_digits(std::string& value, std::size_t from, bool letters, Random& random) {
  for (std::size_t i = from; i < value.size(); ++i) {
    char& c = value[i];
    if (letters && (digit(c) || lower_hex(c) || upper_hex(c))) {
      c = "0123456789abcdef"[random.below(16)];
    } else if (digit(c)) {
      c = static_cast<char>('0' + random.below(10));
    }
  }
}

}  // namespace

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !digit(text[i]) && !lower_hex(text[i]) && !upper_hex(text[i]))
      return false;
  }
  return true;
}

ValueKind kind_of(std::string_view value) {
  if (is_uuid(value)) return ValueKind::uuid;
  if (is_address(value)) return ValueKind::address;
  std::size_t digits = 0, hex = 0, dots = 0;
  for (const char c : value) {
    digits += digit(c);
    hex += lower_hex(c) || upper_hex(c);
    dots += c == '.';
  }
  if (digits == value.size()) return ValueKind::integer;
  if (digits + dots == value.size() && dots == 1) return ValueKind::decimal;
  if (digits + hex == value.size() && value.size() >= 6) return ValueKind::hex;
  return ValueKind::mixed;
}

void ValueClass::finish() {
  std::unordered_map<std::string_view, std::size_t> counts;
  std::size_t near = 0, length = 0;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    ++counts[seen_[i]];
    length += seen_[i].size();
    const auto at = seen_.begin() + static_cast<std::ptrdiff_t>(i);
    near += std::find(at - static_cast<std::ptrdiff_t>(std::min(i, recent_window)), at, *at) != at;
  }
  const auto total = static_cast<double>(seen_.size());
  const auto once = std::count_if(counts.begin(), counts.end(),
                                  [](const auto& item) { return item.second == 1; });
  kind_ = kind_of(seen_.front());
  identity_ =
      kind_ == ValueKind::uuid || ((kind_ == ValueKind::hex || kind_ == ValueKind::integer) &&
                                   length >= 10 * seen_.size() && counts.size() * 2 > seen_.size());
  // Of a value seen once or twice nothing is known but that it can vary.
  fresh_ = seen_.size() < 3 ? 0.3 : static_cast<double>(once) / total;
  recent_ = static_cast<double>(near) / total;
  if (identity_) recent_ = std::max(recent_, identity_recent);
  find_counter(counts.size());
}

void ValueClass::find_counter(std::size_t distinct) {
  if (kind_ != ValueKind::integer || distinct < 16) return;
  std::size_t up = 0, changes = 0;
  for (std::size_t i = 1; i < seen_.size(); ++i) {
    if (!number(seen_[i]) || !number(seen_[i - 1])) return;
    if (seen_[i] == seen_[i - 1]) continue;
    ++changes;
    up += as_number(seen_[i]) > as_number(seen_[i - 1]);
  }
  counts_ = up * 10 >= changes * 9;
  const std::uint64_t first = as_number(seen_.front()), last = as_number(seen_.back());
  if (counts_ && last > first) step_ = std::max<std::uint64_t>(1, (last - first) / changes);
}

ValueSource::ValueSource(const ValueClass& values) : class_(&values), pool_(values.seen()) {
  if (values.counts()) counter_ = as_number(pool_.back());
}

double ValueSource::fresh_now() const {
  if (class_->identity()) return 1.0;
  if (class_->kind() == ValueKind::decimal) return class_->fresh();
  const auto known = static_cast<double>(class_->seen().size()) + 16;
  return class_->fresh() * std::sqrt(known / (known + static_cast<double>(drawn_)));
}

// Newer ones more often than old ones.
const std::string& ValueSource::draw(Random& random) const {
  const double u = random.unit();
  const auto back = static_cast<std::size_t>(static_cast<double>(pool_.size()) * u * u);
  return pool_[pool_.size() - 1 - back];
}

void ValueSource::make_fresh(Random& random) {
  value_ = draw(random);
  switch (class_->kind()) {
    case ValueKind::address: return change_address(value_, random);
    case ValueKind::hex:
    case ValueKind::uuid: return change_digits(value_, 0, true, random);
    case ValueKind::decimal:
    case ValueKind::mixed:
    case ValueKind::integer:  // the first digit stays: the same order of magnitude
      return change_digits(value_, value_.size() > 1 ? 1 : 0, false, random);
  }
}

void ValueSource::count_on(Random& random) {
  counter_ += 1 + random.below(2 * class_->step());
  value_ = std::to_string(counter_);
}

void ValueSource::remember() {
  recent_[recents_++ % recent_.size()] = value_;
}

void ValueSource::append_next(Random& random, std::string& out) {
  ++drawn_;
  if (recents_ > 0 && random.chance(class_->recent())) {
    out += recent_[random.below(std::min(recents_, recent_.size()))];
    return;
  }
  if (class_->counts()) {
    count_on(random);
  } else if (random.chance(fresh_now())) {
    make_fresh(random);
    if (pool_.size() < pool_max)
      pool_.push_back(value_);
    else
      pool_[random.below(pool_.size())] = value_;
  } else {
    value_ = draw(random);
  }
  remember();
  out += value_;
}

}  // namespace sluice::bench
