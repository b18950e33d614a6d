// Slot columns of every kind, generated: speed of encoding and decoding in CPU time, and bytes per
// value before and after zstd.
//
//   sluice-bench-columns-slots [ROWS]
//
// Not run by ctest. MB/s are megabytes of value bytes; M/s are millions of values.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/columns/slot_column.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

using Random = std::mt19937_64;
// The value of row i, whose timestamp is given in ns.
using Make = std::function<std::string(Random&, std::size_t i, std::int64_t ns)>;

struct Kind {
  const char* name;
  Make make;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// CPU seconds of one run: the shortest of many.
template <typename Run>
double shortest(Run run) {
  double best = 1e9;
  double total = 0;
  for (int i = 0; i < 5 || (total < 0.05 && i < 1000); ++i) {
    const double start = cpu_seconds();
    run();
    const double taken = cpu_seconds() - start;
    best = std::min(best, taken);
    total += taken;
  }
  return best;
}

std::size_t compressed(std::string_view raw, int level) {
  std::string out;
  append_zstd(out, raw, level);
  return out.size();
}

std::string text_time(std::int64_t ms) {
  std::string text = format_rfc3339(from_unix_ns(ms * 1'000'000));
  if (text.size() == 20) text.insert(19, ".");
  while (text.size() < 24) text.insert(text.size() - 1, "0");
  return text;
}

std::string words(Random& random) {
  constexpr std::array<const char*, 12> some = {"request", "failed",  "for",     "user",
                                                "after",   "timeout", "from",    "upstream",
                                                "peer",    "while",   "reading", "response"};
  std::string text;
  for (int i = 0; i < 6; ++i) text.append(some[random() % some.size()]).append(" ");
  return text + std::to_string(random() % 100'000);
}

std::string message(Random& r, std::size_t i) {
  switch (r() % 4) {
    case 0:
      return fmt::format("user {} logged in from 10.0.{}.{}", r() % 50'000, r() % 256, r() % 256);
    case 1:
      return fmt::format("order {} accepted, total {}.{:02} EUR", 700'000 + i, r() % 500,
                         r() % 100);
    case 2: return fmt::format("cache miss for key session:{:08x}", r() & 0xFFFFFFFF);
    default: return fmt::format("retry {} of 5 for job {}", r() % 5, 100'000 + i / 3);
  }
}

double latency(Random& random) {
  return std::lognormal_distribution<double>(2.5, 1.0)(random);
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"method (5)",
       [](Random& r, auto, auto) {
         return std::string("GETS PUT  POST HEAD PATCH").substr(5 * (r() % 5), 4);
       }},
      {"status, 95% 200",
       [](Random& r, auto, auto) {
         return std::string(r() % 20 != 0 ? "200" : r() % 2 == 0 ? "404" : "500");
       }},
      {"path (800)", [](Random& r, auto,
                        auto) { return fmt::format("/api/v1/items/{}/view", r() % 800 * 7919); }},
      {"integer < 1000", [](Random& r, auto, auto) { return std::to_string(r() % 1000); }},
      {"integer < 10^5", [](Random& r, auto, auto) { return std::to_string(r() % 100'000); }},
      {"integer < 10^9", [](Random& r, auto, auto) { return std::to_string(r() % 1'000'000'000); }},
      {"counter", [](Random&, std::size_t i, auto) { return std::to_string(1'000'000 + i); }},
      {"counter, steps", [](Random& r, std::size_t i,
                            auto) { return std::to_string(1'000'000 + 50 * i + r() % 50); }},
      {"bytes, lognormal",
       [](Random& r, auto, auto) { return std::to_string(static_cast<int>(100 * latency(r))); }},
      {"latency .3", [](Random& r, auto, auto) { return fmt::format("{:.3f}", latency(r)); }},
      {"latency trimmed",
       [](Random& r, auto, auto) {
         return fmt::format("{}", std::round(1000 * latency(r)) / 1000);
       }},
      {"padded 6", [](Random& r, auto, auto) { return fmt::format("{:06}", r() % 1'000'000); }},
      {"hex 8", [](Random& r, auto, auto) { return fmt::format("{:08x}", r() & 0xFFFFFFFF); }},
      {"hex 16", [](Random& r, auto, auto) { return fmt::format("{:016x}", r()); }},
      {"hex 16, 5 times",
       [](Random& r, std::size_t i, auto) {
         return fmt::format("{:016x}", (i / 50 * 10 + r() % 10 + 1) * 0x9E3779B97F4A7C15U);
       }},
      {"hex 32", [](Random& r, auto, auto) { return fmt::format("{:016x}{:016x}", r(), r()); }},
      {"hex 32, 5 times",
       [](Random& r, std::size_t i, auto) {
         const auto n = (i / 50 * 10 + r() % 10 + 1) * 0x9E3779B97F4A7C15U;
         return fmt::format("{:016x}{:016x}", n, n * n);
       }},
      {"uuid",
       [](Random& r, auto, auto) {
         const auto n = r();
         return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", n >> 32, n >> 16 & 0xFFFF,
                            n >> 4 & 0xFFF, r() & 0xFFF, r() & 0xFFFFFFFFFFFF);
       }},
      {"ipv4, 10.251/16",
       [](Random& r, auto, auto) { return fmt::format("10.251.{}.{}", r() % 256, r() % 256); }},
      {"own time, ms", [](Random&, auto, std::int64_t ns) { return text_time(ns / 1'000'000); }},
      {"time, 0-50 ms off",
       [](Random& r, auto, std::int64_t ns) {
         return text_time(ns / 1'000'000 - static_cast<std::int64_t>(r() % 50));
       }},
      {"epoch ms",
       [](Random& r, auto, std::int64_t ns) {
         return std::to_string(ns / 1'000'000 - static_cast<std::int64_t>(r() % 50));
       }},
      {"prefixed id", [](Random& r, auto, auto) { return fmt::format("blk_{}", r() >> 4); }},
      {"user12345 (20000)",
       [](Random& r, auto, auto) { return fmt::format("user{}", r() % 20'000); }},
      {"duration ms", [](Random& r, auto, auto) { return fmt::format("{:.2f}ms", latency(r)); }},
      {"sentence", [](Random& r, auto, auto) { return words(r); }},
      {"message (4)", [](Random& r, std::size_t i, auto) { return message(r, i); }},
  };
  return all;
}

void measure(const Kind& kind, std::size_t rows) {
  Random random(42);
  std::vector<std::string> values;
  std::vector<Timestamp> times;
  std::size_t value_bytes = 0;
  std::int64_t ns = 1'767'323'045'000'000'000;
  for (std::size_t i = 0; i < rows; ++i) {
    ns += static_cast<std::int64_t>(random() % 20'000'000);
    times.push_back(from_unix_ns(ns));
    values.push_back(kind.make(random, i, ns));
    value_bytes += values.back().size();
  }
  const std::vector<std::string_view> views(values.begin(), values.end());
  std::string encoded;
  ColumnInfo info;
  const double encode = shortest([&] {
    encoded.clear();
    info = encode_column(views, times, encoded);
  });
  const double decode =
      shortest([&] { (void)decode_column(info, rows, times, encoded).value().size(); });
  const auto column = decode_column(info, rows, times, encoded).value();
  std::string text;
  const double append = shortest([&] {
    text.clear();
    for (std::size_t i = 0; i < rows; ++i) column.append(i, text);
  });
  std::string joined;
  for (const auto& value : values) joined.append(value).push_back('\n');
  const auto n = static_cast<double>(rows);
  const auto mb = static_cast<double>(value_bytes) / 1e6;
  const auto each = [&](std::size_t bytes) { return static_cast<double>(bytes) / n; };
  fmt::print(
      "{:18} {:2} {:6.1f} | {:6.0f} {:6.0f} {:6.0f} {:6.0f} | {:6.2f} {:6.2f} {:6.2f} {:6.2f} | "
      "{:6.2f}\n",
      kind.name, info.encoding, mb * 1e6 / n, mb / encode, mb / decode, n / decode / 1e6,
      mb / append, each(encoded.size()), each(compressed(encoded, 1)), each(compressed(encoded, 3)),
      each(compressed(encoded, 6)), each(compressed(joined, 3)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 65'536;
  fmt::print("{:18} {:2} {:>6} | {:>6} {:>6} {:>6} {:>6} | {:>6} {:>6} {:>6} {:>6} | {:>6}\n",
             "column", "en", "bytes", "enMB/s", "deMB/s", "deM/s", "apMB/s", "raw", "zstd1",
             "zstd3", "zstd6", "text3");
  for (const Kind& kind : kinds()) measure(kind, rows);
  return 0;
}
