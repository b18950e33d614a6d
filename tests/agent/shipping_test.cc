// Encoders, and the shipper and remote writer over real HTTP.
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <mutex>
#include <protozero/pbf_reader.hpp>
#include <set>

#include "agent/host/host_metrics.h"
#include "agent/host/remote_write_encode.h"
#include "agent/ship/push_encode.h"
#include "agent/ship/remote_writer.h"
#include "base/codec/compress.h"
#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

std::string text(protozero::data_view view) {
  return {view.data(), view.size()};
}

// Labels and samples of a WriteRequest, as "{labels} value@ms".
std::vector<std::string> decode_write(const std::string& bytes) {
  std::vector<std::string> out;
  protozero::pbf_reader request(bytes);
  while (request.next(1)) {
    auto series = request.get_message();
    std::vector<Label> labels;
    std::string sample;
    while (series.next()) {
      const auto tag = series.tag();  // debug builds forget it when the value is taken
      auto inner = series.get_message();
      if (tag == 1) {
        Label label;
        while (inner.next()) {
          auto& part = inner.tag() == 1 ? label.name : label.value;
          part = text(inner.get_view());
        }
        CHECK((labels.empty() || labels.back().name < label.name));
        CHECK_FALSE(label.value.empty());
        labels.push_back(label);
      } else {
        while (inner.next()) {
          if (inner.tag() == 1)
            sample += std::to_string(inner.get_double());
          else
            sample += "@" + std::to_string(inner.get_int64());
        }
      }
    }
    out.push_back(LabelSet::from(labels).to_string() + " " + sample);
  }
  return out;
}

Batch sample_batch() {
  Batch batch;
  batch.bytes = "one\ntwo\n";
  batch.labels = {{"job", "x"}, {"filename", "/a \"b\""}};
  batch.lines = {{0, 3, from_unix_ns(1'500'000'000), LinePart::whole},
                 {4, 3, from_unix_ns(-1), LinePart::last}};
  batch.identity = {AgentId{"a"}, std::string(32, '0'), 0, 8, {4, 8}, false};
  return batch;
}

// An HTTP server whose handler the test gives.
class Server {
 public:
  explicit Server(http::Handler handler) : runtime_(options()) {
    http::RouteOptions route;
    route.max_body = 16 << 20;
    router_.add("POST", "/{path...}", route, std::move(handler));
    http::ServerOptions server;
    server.listen = "127.0.0.1:0";
    server_ = http::make_server(runtime_, router_, metrics_, server);
    REQUIRE(server_->start().has_value());
    client_ = http::make_client(runtime_, {});
  }
  ~Server() { server_->drain(std::chrono::seconds(1)); }

  Target target() const {
    return {"http://127.0.0.1:" + std::to_string(server_->port()), "team", "secret", true,
            std::chrono::milliseconds(5000)};
  }
  HttpSend send() {
    return [this](http::ClientRequest r) { return client_->request(std::move(r)); };
  }

 private:
  static RuntimeOptions options() {
    RuntimeOptions o;
    o.io_threads = 1;
    o.commit_threads = 2;
    return o;
  }
  Metrics metrics_;
  IoRuntime runtime_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Client> client_;
};

// Collects outcomes and waits for them.
class Outcomes {
 public:
  void add(Outcome o) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(o));
    changed_.notify_all();
  }
  std::vector<Outcome> wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return all_.size() >= n; }));
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> all_;
};

}  // namespace

TEST_CASE("a push is Loki's protobuf", "[shipping]") {
  const auto body = snappy_decompress(encode_push_body(sample_batch()), 1 << 20);
  REQUIRE(body.has_value());
  protozero::pbf_reader request(*body);
  REQUIRE(request.next(1));
  auto stream = request.get_message();
  REQUIRE(stream.next(1));
  CHECK(text(stream.get_view()) == "{filename=\"/a \\\"b\\\"\", job=\"x\"}");
  REQUIRE(stream.next(2));
  auto entry = stream.get_message();
  REQUIRE(entry.next(1));
  auto time = entry.get_message();
  REQUIRE(time.next(1));
  CHECK(time.get_int64() == 1);
  REQUIRE(time.next(2));
  CHECK(time.get_int32() == 500'000'000);
  REQUIRE(entry.next(2));
  CHECK(text(entry.get_view()) == "one");
  CHECK_FALSE(entry.next());
  REQUIRE(stream.next(2));
  entry = stream.get_message();
  REQUIRE(entry.next(1));
  time = entry.get_message();
  REQUIRE(time.next(1));
  CHECK(time.get_int64() == -1);
  REQUIRE(time.next(2));
  CHECK(time.get_int32() == 999'999'999);
  REQUIRE(entry.next(2));
  entry.skip();
  REQUIRE(entry.next(3));
  auto pair = entry.get_message();
  REQUIRE(pair.next(1));
  CHECK(text(pair.get_view()) == "line_part");
  REQUIRE(pair.next(2));
  CHECK(text(pair.get_view()) == "last");
  CHECK_FALSE(stream.next());
}

TEST_CASE("remote write reads back with sorted labels", "[shipping]") {
  Families f;
  f.gauge("node_load1", "Load.", 0.5);
  f.counter("node_cpu_seconds_total", "CPU.", 12, {{"mode", "idle"}, {"cpu", "0"}});
  const auto bodies = encode_write(f, {{"job", "node"}, {"instance", "h"}}, 1234);
  REQUIRE(bodies.size() == 1);
  CHECK(bodies[0].samples == 2);
  const std::string& bytes = bodies[0].protobuf;
  CHECK(decode_write(bytes) ==
        std::vector<std::string>{
            "{__name__=\"node_load1\", instance=\"h\", job=\"node\"} 0.500000@1234",
            "{__name__=\"node_cpu_seconds_total\", cpu=\"0\", instance=\"h\", job=\"node\", "
            "mode=\"idle\"} 12.000000@1234"});
  protozero::pbf_reader request(bytes);
  std::vector<std::string> metadata;
  while (request.next(3)) {
    auto m = request.get_message();
    std::string row;
    while (m.next()) {
      if (m.tag() == 1)
        row += std::to_string(m.get_enum());
      else
        row += "," + text(m.get_view());
    }
    metadata.push_back(row);
  }
  CHECK(metadata ==
        std::vector<std::string>{"2,node_load1,Load.", "1,node_cpu_seconds_total,CPU."});
}

TEST_CASE("container series have a job of their own where configured", "[shipping]") {
  const std::string fixtures = std::string(SLUICE_SOURCE_DIR) + "/tests/agent/fixtures";
  HostMetricsOptions options;
  options.proc = fixtures + "/proc";
  options.sys = fixtures + "/sys";
  options.root = fixtures + "/root";
  options.instance = "h";
  const auto jobs_of = [&](const std::string& containers_job, std::string_view metric) {
    options.containers_job = containers_job;
    HostMetrics host(options, "host", [](WriteBody) {});
    std::set<std::string> jobs;
    for (const auto& body : host.scrape(TimestampMs{}))
      for (const std::string& row : decode_write(body.protobuf))
        if (row.find("__name__=\"" + std::string(metric) + "\"") != std::string::npos)
          jobs.insert(row.substr(row.find("job=\""),
                                 row.find('"', row.find("job=\"") + 5) + 1 - row.find("job=\"")));
    return jobs;
  };
  using Jobs = std::set<std::string>;
  for (const char* metric : {"container_memory_rss", "machine_cpu_cores", "node_load1", "up"})
    CHECK(jobs_of("", metric) == Jobs{"job=\"node\""});
  CHECK(jobs_of("cadvisor", "container_memory_rss") == Jobs{"job=\"cadvisor\""});
  CHECK(jobs_of("cadvisor", "machine_cpu_cores") == Jobs{"job=\"cadvisor\""});
  CHECK(jobs_of("cadvisor", "node_load1") == Jobs{"job=\"node\""});
  CHECK(jobs_of("cadvisor", "up") == Jobs{"job=\"cadvisor\"", "job=\"node\""});
}

TEST_CASE("a push carries identity, tenant and token", "[shipping]") {
  const Target target{"http://h", "team", "secret", true, std::chrono::milliseconds(1)};
  const auto request = push_request(target, sample_batch());
  CHECK(request.url == "http://h/loki/api/v1/push");
  CHECK(request.headers.get("X-Scope-OrgID") == "team");
  CHECK(request.headers.get("Authorization") == "Bearer secret");
  CHECK(request.headers.get("Content-Type") == "application/x-protobuf");
  CHECK(request.headers.get("X-Sluice-Batch").find("lens=4x2") != std::string::npos);
  auto plain = target;
  plain.identity = false;
  CHECK_FALSE(push_request(plain, sample_batch()).headers.has("X-Sluice-Batch"));
}

TEST_CASE("the token file is read and checked", "[shipping]") {
  const TempDir dir;
  dir.write("token", "  \n");
  ShipOptions o;
  o.server = "http://h//";
  o.token_file = dir / "token";
  CHECK_FALSE(make_target(o).has_value());
  dir.write("token", "secret\n");
  CHECK(make_target(o)->token == "secret");
  CHECK(make_target(o)->server == "http://h");
  o.token_file = dir / "missing";
  CHECK(make_target(o).error().message.find("missing") != std::string::npos);
}

TEST_CASE("the shipper reports what the server said", "[shipping]") {
  std::atomic<int> n{0};
  Server server([&](http::Request& request) {
    CHECK(request.headers.get("X-Scope-OrgID") == "team");
    const int k = n++;
    auto response = http::Response::text(k == 0 ? 503 : k == 1 ? 409 : 204, k == 2 ? "" : "reason");
    response.headers.set("X-Sluice-High-Water", "0");
    if (k == 0) response.headers.set("Retry-After", "3");
    return response;
  });
  Metrics metrics;
  AgentMetrics agent_metrics(metrics);
  Outcomes outcomes;
  Shipper shipper(server.target(), 1, server.send(), agent_metrics,
                  [&](Batch, Outcome o) { outcomes.add(std::move(o)); });
  for (int i = 0; i < 3; ++i) {
    auto batch = sample_batch();
    if (i == 1) batch.identity.start = 2;
    shipper.submit(std::move(batch));
  }
  const auto all = outcomes.wait_for(3);
  CHECK(all[0].kind == OutcomeKind::retry_server);
  CHECK(all[0].retry_after == std::chrono::seconds(3));
  CHECK(all[0].message == "reason");
  CHECK(all[1].kind == OutcomeKind::go_back);
  CHECK(all[2].kind == OutcomeKind::stored);
}

TEST_CASE("a server that is not there is a failure to retry", "[shipping]") {
  Metrics metrics;
  AgentMetrics agent_metrics(metrics);
  Outcomes outcomes;
  IoRuntime runtime({1, 1, 1, 8});
  const auto client = http::make_client(runtime, {});
  const Target target{"http://127.0.0.1:1", "", "", true, std::chrono::milliseconds(2000)};
  Shipper shipper(
      target, 1, [&](http::ClientRequest r) { return client->request(std::move(r)); },
      agent_metrics, [&](Batch, Outcome o) { outcomes.add(std::move(o)); });
  shipper.submit(sample_batch());
  const auto all = outcomes.wait_for(1);
  CHECK(all[0].kind == OutcomeKind::retry_server);
  CHECK(all[0].status == 0);
}

TEST_CASE("remote write retries, gives up on refusals, and drops the oldest", "[shipping]") {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> taken;
  int calls = 0;
  Server server([&](http::Request& request) {
    CHECK(request.headers.get("X-Prometheus-Remote-Write-Version") == "0.1.0");
    const std::lock_guard lock(mutex);
    const int k = calls++;
    if (k < 2) return http::Response::text(k == 0 ? 500 : 429, "later");
    taken.push_back(request.body);
    changed.notify_all();
    return http::Response::text(request.body == "bad" ? 400 : 204, "");
  });
  Metrics metrics;
  AgentMetrics m(metrics);
  RemoteWriter writer(server.target(), {.bodies = 10},
                      Backoff(std::chrono::milliseconds(1), std::chrono::milliseconds(2)),
                      server.send(), m);
  for (const auto* body : {"first", "bad", "last"}) writer.enqueue({body, 5});
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::seconds(30), [&] { return taken.size() == 3; }));
  CHECK(taken == std::vector<std::string>{"first", "bad", "last"});
  lock.unlock();
  writer.stop();
  CHECK(m.samples_rejected.value() == 5);
  CHECK(m.write_retries.value() == 2);

  std::atomic<int> sends{0};
  RemoteWriter blocked(
      server.target(), {.bodies = 3}, Backoff(std::chrono::hours(1), std::chrono::hours(1)),
      [&](http::ClientRequest) -> Result<http::ClientResponse> {
        ++sends;
        sends.notify_all();
        return Error{ErrorCode::unavailable, "away"};
      },
      m);
  blocked.enqueue({"stuck", 1});
  sends.wait(0);
  for (int i = 0; i < 5; ++i) blocked.enqueue({"x", 7});
  CHECK(m.samples_dropped.value() == 14);
}

TEST_CASE("a queue of metrics is bounded by bytes, too", "[shipping]") {
  Server server([](http::Request&) { return http::Response::text(204, ""); });
  Metrics metrics;
  AgentMetrics m(metrics);
  std::atomic<int> sends{0};
  RemoteWriter blocked(
      server.target(), {.bytes = 10}, Backoff(std::chrono::hours(1), std::chrono::hours(1)),
      [&](http::ClientRequest) -> Result<http::ClientResponse> {
        ++sends;
        sends.notify_all();
        return Error{ErrorCode::unavailable, "away"};
      },
      m);
  blocked.enqueue({"stuck", 1});
  sends.wait(0);
  blocked.enqueue({"0123456789", 1});
  blocked.enqueue({"01234", 2});
  CHECK(m.samples_dropped.value() == 1);
  blocked.enqueue({"01234", 4});
  CHECK(m.samples_dropped.value() == 1);
  // One body is taken whatever its size: the sender splits, so it is the limit that is small.
  blocked.enqueue({"longer than the limit", 8});
  CHECK(m.samples_dropped.value() == 7);
}

TEST_CASE("which answers to a remote write are retried", "[shipping]") {
  const auto judge = [](int status) {
    http::ClientResponse r;
    r.status = status;
    return judge_write(r);
  };
  CHECK(judge(204) == WriteVerdict::written);
  for (const int s : {401, 404, 429, 500, 503}) CHECK(judge(s) == WriteVerdict::retry);
  for (const int s : {400, 409, 413, 415}) CHECK(judge(s) == WriteVerdict::refused);
  CHECK(judge_write(Error{ErrorCode::timeout, ""}) == WriteVerdict::retry);
}

}  // namespace sluice::agent
