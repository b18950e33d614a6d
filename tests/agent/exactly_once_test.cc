// Exactly once, end to end in one process: a real agent tails files that are written, rotated and
// truncated while the server answers wrongly, cuts connections and forgets answers at random, and
// while the agent is killed. The model (every line written) is compared with what was stored.
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <mutex>
#include <protozero/pbf_reader.hpp>
#include <random>
#include <set>
#include <thread>

#include "agent/agent.h"
#include "base/codec/compress.h"
#include "base/http/client.h"
#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "base/telemetry/metrics.h"
#include "base/wire/batch_identity.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent::test {
namespace {

std::vector<std::string> lines_of(const std::string& protobuf) {
  std::vector<std::string> out;
  protozero::pbf_reader request(protobuf);
  while (request.next(1)) {
    auto stream = request.get_message();
    while (stream.next(2)) {
      auto entry = stream.get_message();
      while (entry.next(2)) {
        const auto view = entry.get_view();
        out.emplace_back(view.data(), view.size());
      }
    }
  }
  return out;
}

// The daemon's rules over HTTP, with faults.
class ChaosServer {
 public:
  explicit ChaosServer(unsigned seed) : runtime_(options()), random_(seed) {
    http::RouteOptions route;
    route.max_body = 16 << 20;
    router_.add("POST", "/loki/api/v1/push", route, [this](http::Request& r) { return push(r); });
    http::ServerOptions server;
    server.listen = "127.0.0.1:0";
    server_ = http::make_server(runtime_, router_, metrics_, server);
    REQUIRE(server_->start().has_value());
  }
  ~ChaosServer() { server_->drain(std::chrono::seconds(1)); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  void behave() { chaos_ = false; }
  std::multiset<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }
  bool has(const std::string& line) {
    const std::lock_guard lock(mutex_);
    return lines_.contains(line);
  }

 private:
  static RuntimeOptions options() {
    RuntimeOptions o;
    o.io_threads = 1;
    o.query_threads = 4;
    return o;
  }

  http::Response push(http::Request& request) {
    const std::lock_guard lock(mutex_);
    const auto dice = chaos_ ? random_() % 10 : 9;
    if (dice == 0) return http::Response::text(500, "before storing");
    if (dice == 1) return http::Response::text(429, "slow down");
    auto response = store(request);
    if (dice == 2) return http::Response::text(503, "stored, but the answer is lost");
    if (dice == 3) {  // the connection ends in the middle of the answer
      response.stream = []() -> Result<std::optional<std::string>> {
        return Error{ErrorCode::internal, "cut"};
      };
    }
    return response;
  }

  http::Response store(const http::Request& request) {
    const auto id = parse_batch_identity(request.headers.get(batch_header));
    const auto body = snappy_decompress(request.body, 64 << 20);
    if (!id || !body) return http::Response::text(400, "bad push");
    const auto texts = lines_of(*body);
    if (texts.size() != id->ends.size()) return http::Response::text(400, "lens differ");
    auto& mark = high_[id->agent.value + "/" + id->source];
    const bool gap = id->start > mark && !id->gap_is_loss;
    if (!gap) {
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (id->ends[i] > mark || id->start > mark) lines_.insert(texts[i]);
      mark = std::max(mark, id->end);
    }
    auto response = gap ? http::Response::text(409, "gap") : http::Response::no_content();
    response.headers.set(high_water_header, std::to_string(mark));
    return response;
  }

  Metrics metrics_;
  IoRuntime runtime_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::mutex mutex_;
  std::mt19937 random_;                        // guarded by mutex_
  std::map<std::string, std::uint64_t> high_;  // guarded by mutex_
  std::multiset<std::string> lines_;           // guarded by mutex_
  std::atomic<bool> chaos_{true};
};

AgentOptions agent_options(const TempDir& dir, const std::string& url) {
  AgentOptions o;
  o.state = dir / "state";
  o.http_listen = "";
  o.metrics.enabled = false;
  o.ship.server = url;
  o.ship.backoff_min = std::chrono::milliseconds(1);
  o.ship.backoff_max = std::chrono::milliseconds(20);
  o.files.push_back({.paths = {dir / "logs/*.log"}, .exclude = {}, .labels = {}});
  o.tail.linger = std::chrono::milliseconds(1);
  o.tail.batch_age = std::chrono::milliseconds(5);
  o.tail.max_line = 1024;
  o.tail.batch_bytes = 4096;
  o.tail.sweep_interval = std::chrono::milliseconds(100);
  o.tail.rotate_wait = std::chrono::milliseconds(500);
  return o;
}

std::unique_ptr<Agent> start_agent(const AgentOptions& options) {
  auto agent = Agent::create(options);
  REQUIRE(agent.has_value());
  REQUIRE((*agent)->start([] {}).has_value());
  return std::move(*agent);
}

// A line of its own that arrives tells that the agent watches the directory by now: a file that
// comes and goes before that cannot be seen.
void wait_until_watching(const TempDir& dir, ChaosServer& server,
                         std::multiset<std::string>& written, const std::string& line) {
  dir.append("logs/canary.log", line + "\n");
  written.insert(line);
  for (int i = 0; i < 3000 && !server.has(line); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  REQUIRE(server.has(line));
}

}  // namespace

TEST_CASE("every line arrives once through faults, rotations and restarts", "[exactly-once]") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const TempDir dir;
  dir.make_dir("logs");
  ChaosServer server(seed);
  const auto options = agent_options(dir, server.url());
  auto agent = start_agent(options);
  std::multiset<std::string> written;
  wait_until_watching(dir, server, written, "started");
  int number = 0;
  for (int round = 0; round < 120; ++round) {
    const auto file = "logs/f" + std::to_string(random() % 3) + ".log";
    std::string text;
    for (auto n = random() % 40; n > 0; --n) {
      auto line = "line " + std::to_string(number++) + " " + std::string(random() % 200, 'x');
      text += line + "\n";
      written.insert(std::move(line));
    }
    const auto half = text.size() / 2;
    dir.append(file, std::string_view(text).substr(0, half));
    dir.append(file, std::string_view(text).substr(half));
    if (random() % 8 == 0 && !text.empty()) dir.rename(file, file + "." + std::to_string(round));
    if (random() % 20 == 0) {
      agent.reset();
      agent = start_agent(options);
      wait_until_watching(dir, server, written, "restarted " + std::to_string(round));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 10));  // vary the interleaving
  }
  server.behave();
  for (int i = 0; i < 3000 && server.size() < written.size(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  agent.reset();
  const auto stored = server.lines();
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::set_difference(written.begin(), written.end(), stored.begin(), stored.end(),
                      std::back_inserter(missing));
  std::set_difference(stored.begin(), stored.end(), written.begin(), written.end(),
                      std::back_inserter(surplus));
  CHECK(missing == std::vector<std::string>{});
  CHECK(surplus == std::vector<std::string>{});
}

TEST_CASE("an agent keeps its id across restarts", "[exactly-once]") {
  const TempDir dir;
  dir.make_dir("logs");
  ChaosServer server(1);
  const auto options = agent_options(dir, server.url());
  const auto id_in_checkpoint = [&] {
    const auto text = dir.read("state/checkpoint");
    const auto at = text.find("\nagent ") + 1;
    return text.substr(at, text.find('\n', at) - at);
  };
  start_agent(options)->stop();
  const auto first = id_in_checkpoint();
  CHECK(first.size() > std::string_view("agent -01234567").size());
  start_agent(options)->stop();
  CHECK(id_in_checkpoint() == first);
}

TEST_CASE("a reload takes up new file groups and drops old ones", "[exactly-once]") {
  const TempDir dir;
  dir.make_dir("logs");
  ChaosServer server(1);
  server.behave();
  auto options = agent_options(dir, server.url());
  const auto agent = start_agent(options);
  std::multiset<std::string> written;
  wait_until_watching(dir, server, written, "before");
  options.files[0].paths = {dir / "logs/*.txt"};
  REQUIRE(agent->reload(options).has_value());
  dir.write("logs/new.txt", "after\n");
  for (int i = 0; i < 3000 && !server.has("after"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  dir.append("logs/canary.log", "not followed any more\n");
  agent->stop();  // flushes
  CHECK(server.lines() == std::multiset<std::string>{"after", "before"});
  options.ship.token_file = dir / "missing";
  CHECK_FALSE(agent->reload(options).has_value());
}

TEST_CASE("once ships everything and says when it is done", "[exactly-once]") {
  const TempDir dir;
  dir.make_dir("logs");
  dir.write("logs/a.log", "one\ntwo\nhalf");
  ChaosServer server(1);
  auto options = agent_options(dir, server.url());
  options.once = true;
  auto agent = Agent::create(options);
  REQUIRE(agent.has_value());
  std::atomic<bool> done{false};
  REQUIRE((*agent)
              ->start([&] {
                done = true;
                done.notify_all();
              })
              .has_value());
  done.wait(false);
  CHECK(server.lines() == std::multiset<std::string>{"half", "one", "two"});
}

TEST_CASE("the agent's own endpoint tells its state and the host's", "[exactly-once]") {
  const TempDir dir;
  dir.make_dir("logs");
  ChaosServer server(1);
  auto options = agent_options(dir, server.url());
  options.http_listen = "127.0.0.1:0";
  options.metrics.enabled = true;
  options.metrics.interval = std::chrono::hours(1);
  const auto agent = start_agent(options);
  RuntimeOptions runtime_options;
  runtime_options.io_threads = 1;
  IoRuntime runtime(runtime_options);
  const auto client = http::make_client(runtime, {});
  const auto get = [&](const std::string& path) {
    http::ClientRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(agent->http_port()) + path;
    auto response = client->request(std::move(request));
    REQUIRE(response.has_value());
    return std::move(*response);
  };
  CHECK(get("/-/ready").status == 200);
  CHECK(get("/-/healthy").status == 200);
  const auto page = get("/metrics");
  CHECK(page.status == 200);
  CHECK(page.body.find("\nsluice_agent_lines_total 0") != std::string::npos);
  CHECK(page.body.find("\n# TYPE node_load1 gauge\nnode_load1 ") != std::string::npos);
  CHECK(get("/nothing").status == 404);
}

}  // namespace sluice::agent::test
