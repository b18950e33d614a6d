#include "tests/demo/shop.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/codec/json_writer.h"

namespace sluice::demo {
namespace {

// One kind of page, most visited first. {} in the message is a small number.
struct Page {
  std::string_view method;
  std::string_view path;
  double median_ms;
  int status;
  std::string_view message;
};

constexpr std::array<Page, 9> pages{{
    {"GET", "/", 3.1, 200, "front page shown"},
    {"GET", "/products", 6.4, 200, "product list shown, page {}"},
    {"GET", "/products/{}", 5.2, 200, "product page shown, {} in stock"},
    {"GET", "/search", 14.0, 200, "search answered with {} results"},
    {"POST", "/cart", 8.7, 200, "added item to cart, now {} items"},
    {"GET", "/cart", 4.9, 200, "cart shown with {} items"},
    {"POST", "/checkout", 62.0, 201, "order placed with {} items"},
    {"POST", "/login", 31.0, 200, "user signed in after {} attempts"},
    {"GET", "/products/{}/gone", 2.2, 404, "no such product, redirect {} is stale"},
}};

constexpr std::array<std::string_view, 3> usual_failures{
    "inventory service did not answer within {} ms, giving up",
    "database connection pool exhausted, {} requests waiting",
    "could not render page: template cache entry {} is missing",
};

constexpr std::size_t user_count = 2000;
constexpr double slow_ms = 400;  // from here on a request is worth a warning

std::string fill(std::string_view pattern, std::size_t number) {
  return fmt::format(fmt::runtime(pattern), number);
}

}  // namespace

struct Shop::Request {
  std::string_view level = "info";
  std::string_view method;
  std::string path;
  int status = 200;
  double latency_ms = 0;
  std::string user;
  std::string trace_id;
  std::string span_id;
  std::string message;
};

Shop::Shop(ShopOptions options)
    : options_(std::move(options)), random_(options_.seed), pages_(pages.size(), 0.9),
      users_(user_count, 1.1) {}

std::string Shop::started(Timestamp now) const {
  JsonWriter w;
  w.begin_object().key("ts").string(format_rfc3339(now)).key("level").string("info");
  w.key("service").string(options_.service).key("version").string(options_.version);
  w.key("msg").string(fmt::format("{} version {} started", options_.service, options_.version));
  return w.end_object().take();
}

std::string Shop::next(Timestamp now) {
  Request request = draw();
  const double fate = random_.uniform();
  const double defect = options_.version == "B" ? defect_rate : 0.0;
  if (fate < defect) {
    fail_payment(request);
  } else if (fate < defect + options_.error_rate) {
    fail_as_usual(request);
  }
  return encode(request, now);
}

Shop::Request Shop::draw() {
  const Page& page = pages[pages_.pick(random_)];
  Request r;
  r.method = page.method;
  r.path = fill(page.path, random_.below(900) + 100);
  r.status = page.status;
  r.latency_ms = random_.log_normal(page.median_ms, 0.8);
  r.user = fmt::format("u{}", users_.pick(random_) + 1);
  r.trace_id = random_.hex(32);
  r.span_id = random_.hex(16);
  r.message = fill(page.message, random_.below(12) + 1);
  if (random_.chance(0.003)) r.latency_ms += slow_ms + random_.log_normal(300, 0.6);
  if (r.latency_ms >= slow_ms) {
    r.level = "warn";
    r.message = fmt::format("slow request: {} took {:.0f} ms", r.message, r.latency_ms);
  } else if (r.status >= 400) {
    r.level = "warn";
  }
  return r;
}

void Shop::fail_as_usual(Request& r) {
  r.level = "error";
  r.status = random_.chance(0.5) ? 503 : 500;
  r.latency_ms += 2000;
  r.message = fill(usual_failures[random_.below(usual_failures.size())], random_.below(3000));
}

// The planted defect: the new version signs charges with the wrong key.
void Shop::fail_payment(Request& r) {
  r.level = "error";
  r.method = "POST";
  r.path = "/checkout";
  r.status = 502;
  r.latency_ms += random_.log_normal(120, 0.4);
  r.message = fmt::format(
      "payment provider refused charge {}: signature mismatch, key 7 signed but key {} expected",
      random_.below(900'000) + 100'000, random_.below(3) + 8);
}

std::string Shop::encode(const Request& r, Timestamp now) const {
  JsonWriter w;
  w.begin_object().key("ts").string(format_rfc3339(now)).key("level").string(r.level);
  w.key("service").string(options_.service).key("version").string(options_.version);
  w.key("trace_id").string(r.trace_id).key("span_id").string(r.span_id);
  w.key("method").string(r.method).key("path").string(r.path).key("status").number(r.status);
  w.key("latency_ms").number(std::round(r.latency_ms * 1000) / 1000);
  w.key("user").string(r.user).key("msg").string(r.message);
  return w.end_object().take();
}

}  // namespace sluice::demo
