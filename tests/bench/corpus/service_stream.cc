#include "tests/bench/corpus/service_stream.h"

#include <array>

namespace sluice::bench {

namespace {

constexpr std::size_t users = 200'000;
constexpr std::string_view methods[] = {"GET", "GET", "POST", "PUT", "DELETE"};
constexpr std::string_view agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148", "okhttp/4.12.0",
    "shop-android/7.31 (SM-S918B)", "curl/8.14.1"};
constexpr std::string_view tables[] = {"products", "prices", "stock", "accounts", "invoices"};
constexpr std::string_view topics[] = {"orders", "notifications", "returns", "receipts"};
constexpr std::string_view currencies[] = {"EUR", "USD", "GBP", "SEK"};
constexpr unsigned statuses_done[] = {200, 200, 200, 200, 201, 204, 304, 404, 400, 429};
constexpr unsigned statuses_failed[] = {500, 502, 503, 504};

void append_field(std::string_view name, std::string_view value, std::string& line) {
  line += ",\"";
  line += name;
  line += "\":\"";
  line += value;
  line.push_back('"');
}

void append_field(std::string_view name, std::uint64_t value, std::string& line) {
  line += ",\"";
  line += name;
  line += "\":";
  line += std::to_string(value);
}

// Thousandths as a decimal without trailing zeros, as JSON libraries print them.
void append_thousandths(std::string_view name, std::uint64_t thousandths, std::string& line) {
  append_field(name, thousandths / 1000, line);
  std::string rest = std::to_string(1000 + thousandths % 1000);
  rest[0] = '.';
  while (rest.back() == '0') rest.pop_back();
  if (rest.size() > 1) line += rest;
}

std::string hex(std::uint64_t high, std::uint64_t low) {
  std::string out;
  for (const std::uint64_t half : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4)
      out.push_back("0123456789abcdef"[half >> shift & 15]);
  return out;
}

}  // namespace

ServiceStream::ServiceStream(const Service& service, Random random)
    : service_(&service), random_(random) {}

std::string ServiceStream::fresh_user() {
  // Numbers are given out in order, but who is busy has nothing to do with how old an account is.
  const std::uint64_t rank = random_.skewed(users);
  return "u" + std::to_string(100'000 + rank * 7'919 % users);
}

void ServiceStream::append_filled(std::string_view text, std::string& line) {
  for (const char c : text) {
    if (c == '#')
      line += std::to_string(1 + random_.skewed(5'000));
    else
      line.push_back(c);
  }
}

void ServiceStream::begin_request() {
  const std::size_t route = random_.skewed(service_->routes.size());
  trace_ = hex(random_.next(), random_.next());
  user_ = fresh_user();
  method_ = methods[random_.skewed(std::size(methods))];
  path_.clear();
  append_filled(service_->routes[route], path_);
  address_ = "10." + std::to_string(random_.skewed(8)) + "." + std::to_string(random_.skewed(256)) +
             "." + std::to_string(1 + random_.skewed(254));
  // Errors come in spells: most of the time hardly any, sometimes every tenth request.
  if (random_.chance(0.002)) failure_rate_ = random_.chance(0.2) ? 0.1 : 0.004;
  status_ = random_.chance(failure_rate_)
                ? statuses_failed[random_.skewed(std::size(statuses_failed))]
                : statuses_done[random_.skewed(std::size(statuses_done))];
  steps_left_ = 2 + random_.skewed(4);
  step_ = random_.below(service_->messages.size());
}

void ServiceStream::write_head(const Moment& moment, std::string_view level, std::string& line) {
  line.assign("{");
  std::string time;
  append_time("%Y-%m-%dT%H:%M:%S.%NZ", moment, time);
  append_field(service_->level_first ? "level" : "ts", service_->level_first ? level : time, line);
  line.erase(1, 1);  // the first field has no comma before it
  append_field(service_->level_first ? "ts" : "level", service_->level_first ? time : level, line);
  append_field("service", service_->name, line);
  append_field("env", "production", line);
  append_field("version", "2.41.3", line);
  append_field("trace_id", trace_, line);
}

void ServiceStream::write_extra(std::string& line) {
  switch (service_->extra) {
    case Extra::client:
      line += ",\"client\":{\"ip\":\"" + address_ + "\"";
      append_field("agent", agents[random_.skewed(std::size(agents))], line);
      break;
    case Extra::database:
      line += ",\"db\":{\"table\":\"";
      line += tables[random_.skewed(std::size(tables))];
      line.push_back('"');
      append_field("rows", random_.skewed(500), line);
      append_thousandths("ms", random_.skewed(40'000), line);
      break;
    case Extra::cache:
      line += ",\"cache\":{\"hit\":";
      line += random_.chance(0.9) ? "true" : "false";
      append_field("node", "redis-" + std::to_string(random_.below(6)), line);
      append_field("ttl", 60 * random_.below(60), line);
      break;
    case Extra::queue:
      line += ",\"queue\":{\"topic\":\"";
      line += topics[random_.skewed(std::size(topics))];
      line.push_back('"');
      append_field("partition", random_.below(12), line);
      append_field("lag", random_.skewed(3'000), line);
      break;
    case Extra::order:
      line += ",\"order\":{\"items\":" + std::to_string(1 + random_.skewed(12));
      append_field("currency", currencies[random_.skewed(std::size(currencies))], line);
      append_thousandths("total", 10 * random_.skewed(50'000), line);
      break;
    case Extra::none: return;
  }
  line.push_back('}');
}

void ServiceStream::write_outcome(std::string& line) {
  append_field("method", method_, line);
  append_field("path", path_, line);
  append_field("status", status_, line);
  const double ms = random_.exponential(service_->mean_latency_ms) * (status_ >= 500 ? 8 : 1);
  append_thousandths("latency_ms", static_cast<std::uint64_t>(ms * 100) * 10, line);
  append_field("bytes", 64 + random_.skewed(60'000), line);
}

void ServiceStream::write(const Moment& moment, Step step, std::string& line) {
  const std::string_view level = step == Step::failed                           ? "error"
                                 : status_ >= 400 && step == Step::done         ? "warn"
                                 : step == Step::working && random_.chance(0.3) ? "debug"
                                                                                : "info";
  write_head(moment, level, line);
  append_field("user_id", user_, line);
  line += ",\"msg\":\"";
  if (step == Step::failed)
    append_filled(service_->errors[random_.skewed(service_->errors.size())], line);
  else
    line += step == Step::done ? "request completed"
                               : service_->messages[step_++ % service_->messages.size()];
  line.push_back('"');
  if (step == Step::working) {
    write_extra(line);
    append_field("route", service_->routes[0], line);
  } else {
    write_outcome(line);
  }
  line.push_back('}');
}

void ServiceStream::next(Moment& moment, std::string& line) {
  if (steps_left_ == 0) begin_request();
  --steps_left_;
  const Step last = status_ >= 500 ? Step::failed : Step::done;
  write(moment, steps_left_ == 0 ? last : Step::working, line);
}

void ServiceStream::next_with(const Plant& plant, Moment& moment, std::string& line) {
  if (plant.what == Plant::What::word) {
    next(moment, line);
    line.pop_back();
    append_field("note", plant.text, line);
    line.push_back('}');
    return;
  }
  begin_request();
  (plant.what == Plant::What::user ? user_ : trace_) = plant.text;
  steps_left_ = 1;
  next(moment, line);
}

}  // namespace sluice::bench
