#include "query/template/time_zone.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>

#include "base/types/ascii.h"

namespace sluice::query::tmpl {

namespace {

constexpr std::string_view zone_folder = "/usr/share/zoneinfo/";
constexpr std::size_t max_zone_file = 1 << 20;

// Reads big-endian numbers; past the end everything is 0 and `good` false.
class ZoneReader {
 public:
  explicit ZoneReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t n) {
    if (n > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::int64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const char c : take(bytes)) value = value << 8 | static_cast<unsigned char>(c);
    return bytes == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
  }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct ZoneHeader {
  bool good = false;
  std::size_t utc, standard, leap, times, types, chars;

  std::size_t block_size(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + chars + leap * (time_bytes + 4) + standard + utc;
  }
};

ZoneHeader read_header(ZoneReader& in) {
  ZoneHeader header{};
  const bool magic = in.take(4) == "TZif";
  in.take(16);
  for (auto* count :
       {&header.utc, &header.standard, &header.leap, &header.times, &header.types, &header.chars})
    *count = static_cast<std::size_t>(std::clamp<std::int64_t>(in.number(4), 0, max_zone_file));
  header.good = magic && in.good() && header.types > 0;
  return header;
}

// Only names of the database: no way out of its folder.
bool proper_name(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_ascii_letter(c) || is_digit(c) || c == '_' || c == '+' || c == '-' || c == '/';
         });
}

Error no_zone(const std::string& name) {
  return invalid_argument("unknown time zone " + name);
}

}  // namespace

Result<TimeZone> TimeZone::parse(std::string_view file) {
  ZoneReader in(file);
  const ZoneHeader first = read_header(in);
  in.take(first.block_size(4));
  const ZoneHeader header = read_header(in);
  if (!first.good || !header.good) return invalid_argument("not a zone file of version 2");
  TimeZone zone;
  for (std::size_t i = 0; i < header.times && in.good(); ++i)
    zone.transitions_.push_back({in.number(8), 0});
  for (auto& transition : zone.transitions_)
    transition.type = static_cast<std::size_t>(in.number(1));
  std::vector<std::size_t> names;
  for (std::size_t i = 0; i < header.types && in.good(); ++i) {
    zone.types_.push_back({static_cast<int>(in.number(4)), ""});
    in.take(1);
    names.push_back(static_cast<std::size_t>(in.number(1)));
  }
  const std::string_view chars = in.take(header.chars);
  if (!in.good()) return invalid_argument("the zone file is cut off");
  for (std::size_t i = 0; i < names.size(); ++i)
    zone.types_[i].name = std::string(chars.substr(std::min(names[i], chars.size())).data());
  for (const auto& transition : zone.transitions_)
    if (transition.type >= zone.types_.size()) return invalid_argument("the zone file is damaged");
  return zone;
}

Result<std::shared_ptr<const TimeZone>> TimeZone::find(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const TimeZone>> zones;
  if (!proper_name(name)) return no_zone(name);
  const std::lock_guard lock(mutex);
  if (const auto known = zones.find(name); known != zones.end()) return known->second;
  std::ifstream in(std::string(zone_folder) + name, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  auto zone = parse(bytes);
  if (!zone) return no_zone(name);
  return zones[name] = std::make_shared<const TimeZone>(std::move(*zone));
}

ZoneOffset TimeZone::at(std::int64_t unix_seconds) const {
  const auto after =
      std::upper_bound(transitions_.begin(), transitions_.end(), unix_seconds,
                       [](std::int64_t t, const Transition& next) { return t < next.from; });
  return after == transitions_.begin() ? types_.front() : types_[std::prev(after)->type];
}

ZoneOffset TimeZone::at_local(std::int64_t local_seconds) const {
  const ZoneOffset guess = at(local_seconds);
  const ZoneOffset offset = at(local_seconds - guess.seconds);
  if (offset.seconds == guess.seconds) return offset;
  const ZoneOffset other = at(local_seconds - offset.seconds);
  return other.seconds == offset.seconds ? offset : guess;
}

std::optional<int> TimeZone::offset_named(std::string_view abbreviation) const {
  for (const auto& type : types_)
    if (type.name == abbreviation) return type.seconds;
  return std::nullopt;
}

}  // namespace sluice::query::tmpl
