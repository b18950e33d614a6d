// Shop: the log lines of a made-up web shop, one JSON object a line.
//
//   {"ts":"2026-01-02T03:04:05.000000006Z","level":"info","service":"shop","version":"A",
//    "trace_id":"<32 hex>","span_id":"<16 hex>","method":"GET","path":"/cart","status":200,
//    "latency_ms":8.213,"user":"u17","msg":"cart shown with 3 items"}
//
// Paths, users and latencies are skewed as in a real shop: a few pages take most of the traffic, a
// few users shop a lot, and most requests are fast while some are very slow. Version B carries a
// planted defect: on 5 % of its requests the payment fails with a message that version A never
// writes. Everything but `ts` follows from the seed. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/types/time.h"
#include "tests/demo/random.h"

namespace sluice::demo {

struct ShopOptions {
  std::string service = "shop";
  std::string version = "A";
  double error_rate = 0.004;  // share of requests failing for reasons both versions know
  std::uint64_t seed = 1;
};

// Share of version B's requests that hit the planted defect.
inline constexpr double defect_rate = 0.05;

class Shop {
 public:
  explicit Shop(ShopOptions options);

  // What the service says when a process of this version comes up.
  std::string started(Timestamp now) const;
  // The next request's line, without the newline.
  std::string next(Timestamp now);

  const std::string& version() const { return options_.version; }
  // Goes on as another version; the random sequence is not restarted.
  void become(std::string_view version) { options_.version = version; }

 private:
  struct Request;
  Request draw();
  void fail_as_usual(Request& request);
  void fail_payment(Request& request);
  std::string encode(const Request& request, Timestamp now) const;

  ShopOptions options_;
  Random random_;
  Zipf pages_;
  Zipf users_;
};

}  // namespace sluice::demo
