// sluice-bench-push: pushes a corpus to a Loki push endpoint as fast as it is answered, or held to
// a rate.
//
//   sluice-bench-push URL json|gzip|protobuf CONNECTIONS DIR [MB_PER_S]
//
// DIR is of sluice-bench-corpus, the rate of raw lines.
//
// Waits and tries again on 429 and 503, as an agent does; any other answer but 204 ends it with
// exit code 1 and the answer's text. Prints one JSON object: lines, bytes, sent (bytes of the
// bodies), seconds, cpu_seconds (of this process), retries.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "base/codec/json_writer.h"
#include "base/http/client.h"
#include "base/runtime/io_runtime.h"
#include "tests/bench/push/corpus_reader.h"
#include "tests/bench/push/encode.h"

namespace sluice::bench {
namespace {

constexpr std::size_t batch_bytes = 1 << 20;
constexpr std::chrono::milliseconds retry_pause{20};
constexpr int connections_max = 64;

struct Totals {
  std::atomic<std::uint64_t> lines{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<bool> failed{false};
};

using SteadyClock = std::chrono::steady_clock;

// Before a batch waits for the time at which so many bytes are due.
struct Pace {
  SteadyClock::time_point began = SteadyClock::now();
  double bytes_per_second = 0;  // 0: no waiting
  std::atomic<std::uint64_t> taken{0};

  void wait_for(std::uint64_t bytes) {
    if (bytes_per_second <= 0) return;
    const std::chrono::duration<double> due(static_cast<double>(taken.fetch_add(bytes)) /
                                            bytes_per_second);
    std::this_thread::sleep_until(began + std::chrono::duration_cast<SteadyClock::duration>(due));
  }
};

struct Target {
  http::Client* client;
  std::string url;
  PushFormat format;
};

bool push(const Target& target, const Batch& batch, Totals& totals) {
  const auto request = make_request(target.url, target.format, batch);
  totals.sent += request.body.size();
  while (!totals.failed) {
    const auto response = target.client->request(request);
    if (response && response->status == 204) return true;
    if (!response || (response->status != 429 && response->status != 503)) {
      std::fprintf(stderr, "push failed: %s\n",
                   response ? response->body.c_str() : response.error().message.c_str());
      return false;
    }
    ++totals.retries;
    std::this_thread::sleep_for(retry_pause);
  }
  return false;
}

void send_all(const Target& target, CorpusReader& reader, Pace& pace, Totals& totals) {
  Batch batch;
  while (!totals.failed && reader.next(batch)) {
    pace.wait_for(batch.bytes);
    if (!push(target, batch, totals)) {
      totals.failed = true;
      return;
    }
    totals.lines += batch.lines;
    totals.bytes += batch.bytes;
  }
}

void print(const Totals& totals, std::chrono::duration<double> took) {
  JsonWriter w;
  w.begin_object().key("lines").number(totals.lines.load());
  w.key("bytes").number(totals.bytes.load()).key("sent").number(totals.sent.load());
  w.key("seconds").number(took.count()).key("cpu_seconds");
  w.number(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  w.key("retries").number(totals.retries.load()).end_object();
  std::puts(w.text().c_str());
}

int run(int argc, char** argv) {
  const bool called_right = argc == 5 || argc == 6;
  const auto format = called_right ? push_format(argv[2]) : std::nullopt;
  const int connections = called_right ? std::atoi(argv[3]) : 0;
  if (!format || connections < 1 || connections > connections_max) {
    std::fputs("usage: sluice-bench-push URL json|gzip|protobuf CONNECTIONS DIR [MB_PER_S]\n",
               stderr);
    return 2;
  }
  const auto reader = CorpusReader::open(argv[4], batch_bytes);
  if (!reader) {
    std::fprintf(stderr, "sluice-bench-push: %s\n", reader.error().message.c_str());
    return 1;
  }
  IoRuntime runtime({.io_threads = 1, .commit_threads = 1, .query_threads = 1});
  const auto client = http::make_client(runtime, {});
  const Target target{client.get(), argv[1], *format};
  Totals totals;
  Pace pace;
  if (argc == 6) pace.bytes_per_second = std::atof(argv[5]) * 1e6;
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < connections; ++i)
      senders.emplace_back([&] { send_all(target, **reader, pace, totals); });
  }
  print(totals, SteadyClock::now() - pace.began);
  return totals.failed ? 1 : 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  return sluice::bench::run(argc, argv);
}
