// sluice-bench-samples: the metrics store alone, at sizes the benchmark through HTTP cannot reach.
//
//   sluice-bench-samples write DIR SERIES SCRAPES
//       decodes and stores remote writes, then kills itself (SIGKILL)
//   sluice-bench-samples open DIR SERIES
//       what a start after that takes; then seals, merges, measures bytes and asks queries, also
//       without the postings of parts
//   sluice-bench-samples decode SERIES
//       decodes writes of 1.0 and 2.0, flat and the long way
//
// Series are those of `./dev bench metrics`: node_exporter-like, 15 s apart, 10,000 to a write.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>

#include "base/telemetry/metrics.h"
#include "daemon/ingest/flat_write.h"
#include "daemon/ingest/validate_samples.h"
#include "daemon/storage/rocks_store.h"

namespace {

using namespace sluice;

constexpr std::int64_t scrape_ms = 15'000;
constexpr std::size_t batch_series = 10'000;
constexpr std::size_t rare_every = 10'007;  // series have a label that the others lack
const std::int64_t end_ms = std::time(nullptr) / 15 * 15 * 1000;

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) return std::stod(line.substr(6)) * 1024;
  return 0;
}

std::uint64_t disk_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

void put_size(std::string& out, std::size_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}

void put_text(std::string& out, char tag, std::string_view text) {
  out += tag;
  put_size(out, text.size());
  out += text;
}

void put_label(std::string& out, std::string_view name, std::string_view value) {
  std::string label;
  put_text(label, 0x0A, name);
  put_text(label, 0x12, value);
  put_text(out, 0x0A, label);
}

class Generator {
 public:
  explicit Generator(std::size_t series) : values_(series) {
    for (double& value : values_) value = static_cast<double>(random_() % (1 << 20));
  }

  std::string body(std::size_t begin, std::size_t end, std::int64_t time_ms) {
    std::string out;
    for (std::size_t i = begin; i < end; ++i) put_series(out, i, time_ms);
    return out;
  }

 private:
  void put_series(std::string& out, std::size_t i, std::int64_t time_ms) {
    series_.clear();
    const std::size_t metric = i % 500;
    put_label(series_, "__name__", "node_metric_" + std::to_string(metric % 125) + "_total");
    put_label(series_, "device", "dev" + std::to_string(metric / 125));
    put_label(series_, "instance", "host-" + std::to_string(i / 500) + ":9100");
    put_label(series_, "job", "node");
    if (i % rare_every == 0) put_label(series_, "zone", "zone-" + std::to_string(i));
    std::string sample(1, 0x09);
    const double value = next(metric % 20, values_[i]);
    char bytes[8];
    std::memcpy(bytes, &value, 8);
    sample.append(bytes, 8);
    sample += 0x10;
    put_size(sample, static_cast<std::size_t>(time_ms));
    put_text(series_, 0x12, sample);
    put_text(out, 0x0A, series_);
  }
  double next(std::size_t kind, double& value) {
    const auto below = [&](std::uint64_t n) { return static_cast<double>(random_() % n); };
    if (kind < 5)
      value += below(2000);
    else if (kind < 8)
      value = std::round((value + below(30) / 100) * 100) / 100;
    else if (kind < 10)
      value = std::max(0.0, value + 4096 * (below(81) - 40));
    else if (kind == 10)
      value = below(401) / 100;
    return value;
  }

  std::mt19937_64 random_{1};
  std::vector<double> values_;
  std::string series_;
};

struct Opened {
  Clock& clock = system_clock();
  Metrics metrics;
  std::unique_ptr<storage::RocksStore> store;

  explicit Opened(const std::string& path) {
    storage::StoreOptions options;
    options.path = path;
    options.retention = std::chrono::hours(0);
    auto opened = storage::RocksStore::open(options, clock, metrics);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().message.c_str());
      std::exit(1);
    }
    store = std::move(*opened);
  }
};

void write_all(const std::string& path, std::size_t series, std::size_t scrapes) {
  Opened opened(path);
  Generator generator(series);
  const double idle = rss_bytes();
  const double began = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  double generating = 0;
  for (std::size_t scrape = 0; scrape < scrapes; ++scrape) {
    const auto now_ms = end_ms - static_cast<std::int64_t>(scrapes - 1 - scrape) * scrape_ms;
    for (std::size_t begin = 0; begin < series; begin += batch_series) {
      const double before = seconds_of(CLOCK_THREAD_CPUTIME_ID);
      const auto body = generator.body(begin, std::min(series, begin + batch_series), now_ms);
      generating += seconds_of(CLOCK_THREAD_CPUTIME_ID) - before;
      auto flat = ingest::decode_flat_write(body, Limits(), opened.clock.now());
      if (!flat || !opened.store->write_flat(default_tenant(), flat->samples, {})) std::exit(1);
    }
    opened.store->tick();
  }
  const auto samples = static_cast<double>(series * scrapes);
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - began - generating;
  std::printf("samples per CPU-second (without HTTP and snappy)  %12.0f\n", samples / cpu);
  std::printf("memory per active series                          %12.0f B\n",
              (rss_bytes() - idle) / static_cast<double>(series));
  std::printf("bytes on disk per sample, unsealed                %12.2f\n",
              static_cast<double>(disk_bytes(path)) / samples);
  std::fflush(stdout);
  std::raise(SIGKILL);
}

std::size_t count(storage::RocksStore& store, std::vector<query::LabelMatcher> matchers,
                  std::int64_t start_ms, std::size_t& samples) {
  query::QueryContext context;
  query::SampleSelect select{default_tenant(), std::move(matchers), start_ms, INT64_MAX};
  auto cursor = store.samples().select(select, context);
  std::size_t series = 0;
  for (; cursor; ++series) {
    const auto next = (*cursor)->next();
    if (!next || !*next) break;
    samples += (*next)->samples.size();
  }
  return series;
}

void query(storage::RocksStore& store, const char* what, const char* name, const char* value,
           std::int64_t start_ms) {
  auto matcher = query::LabelMatcher::make(name, query::MatchOp::equal, value);
  const auto began = std::chrono::steady_clock::now();
  std::size_t samples = 0;
  const std::size_t series = count(store, {std::move(*matcher)}, start_ms, samples);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  std::printf("%-36s %9zu series %10zu samples %9.1f ms\n", what, series, samples, took.count());
}

void list_values(storage::RocksStore& store, const char* what, const char* label,
                 std::vector<query::LabelMatcher> matchers) {
  const auto began = std::chrono::steady_clock::now();
  query::QueryContext context;
  const query::SampleSelect select{default_tenant(), std::move(matchers), INT64_MIN, INT64_MAX};
  const auto values = store.samples().label_values(select, label, context);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  std::printf("%-36s %9zu values %18s %9.1f ms\n", what, values ? values->size() : 0, "",
              took.count());
}

void ask_by_labels(storage::RocksStore& store) {
  std::size_t samples = 0;
  count(store, {}, 0, samples);  // what is read from disk is in memory from then on
  query(store, "one host, everything", "instance", "host-3:9100", 0);
  query(store, "one rare value, no name", "zone", "zone-10007", 0);
  query(store, "one rare value again", "zone", "zone-10007", 0);
  list_values(store, "values of instance", "instance", {});
  auto metric = query::LabelMatcher::make("__name__", query::MatchOp::equal, "node_metric_7_total");
  list_values(store, "values of instance of one metric", "instance", {std::move(*metric)});
}

// As parts of versions that had none.
void remove_postings(storage::Database& database) {
  storage::Batch step = database.batch();
  storage::Scan scan = database.scan(storage::Family::sample_rows, "", "");
  while (scan.next()) {
    const auto what = storage::parse_sample_value(scan.key());
    if (what == storage::SampleValue::names || what == storage::SampleValue::postings)
      step.remove(storage::Family::sample_rows, scan.key());
  }
  if (!database.write(step, storage::Writer::maintenance)) std::exit(1);
}

void open_again(const std::string& path, std::size_t series) {
  const double before = rss_bytes();
  const auto began = std::chrono::steady_clock::now();
  const double cpu_before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  Opened opened(path);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("recovered in                                      %12.2f s\n", took.count());
  std::printf("CPU-seconds of that                               %12.2f s\n",
              seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_before);
  std::printf("memory per series after it                        %12.0f B\n",
              (rss_bytes() - before) / static_cast<double>(series));
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  query(*opened.store, "one metric, last 5 min, head", "__name__", "node_metric_7_total",
        end_ms - 300'000);
  if (!opened.store->flush() || !opened.store->merge_now() || !opened.store->flush()) std::exit(1);
  std::printf("CPU-seconds of seal and merge                     %12.2f s\n",
              seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  query(*opened.store, "one metric, last 5 min, sealed", "__name__", "node_metric_7_total",
        end_ms - 300'000);
  std::size_t samples = 0;
  const std::size_t found = count(*opened.store, {}, 0, samples);
  std::printf("%zu series, %zu samples in all\n", found, samples);
  const auto disk = [&] {
    return static_cast<double>(disk_bytes(path)) / static_cast<double>(samples);
  };
  std::printf("bytes on disk per sample, sealed                  %12.2f\n", disk());
  opened.store.reset();
  {
    const Opened again(path);
    std::printf("with postings:\n");
    ask_by_labels(*again.store);
    remove_postings(again.store->database());
  }
  const Opened without(path);
  std::printf("without:\n");
  ask_by_labels(*without.store);
}

// The same series as a message of 2.0.
std::string second_body(const storage::SampleWrite& write) {
  std::unordered_map<std::string_view, std::size_t> numbers = {{"", 0}};
  std::string symbols;
  put_text(symbols, 0x22, "");
  const auto number_of = [&](std::string_view text) {
    const auto [it, fresh] = numbers.try_emplace(text, numbers.size());
    if (fresh) put_text(symbols, 0x22, text);
    return it->second;
  };
  std::string all;
  for (const auto& one : write.series) {
    std::string references;
    for (std::uint32_t i = one.first_label; i < one.first_label + one.labels; ++i) {
      put_size(references, number_of(write.labels[i].name));
      put_size(references, number_of(write.labels[i].value));
    }
    const Sample& from = write.samples[one.first_sample];
    std::string sample(1, 0x09);
    sample.append(reinterpret_cast<const char*>(&from.value), 8);
    sample += 0x10;
    put_size(sample, static_cast<std::size_t>(from.timestamp_ms));
    std::string series;
    put_text(series, 0x0A, references);
    put_text(series, 0x12, sample);
    put_text(series, 0x2A, std::string_view("\x08\x01", 2));
    put_text(all, 0x2A, series);
  }
  return symbols + all;
}

using Decode = Result<ingest::FlatWrite> (*)(std::string_view, const Limits&, Timestamp);

void time_decoding(const char* what, Decode decode, std::string_view body, bool flat) {
  const Limits limits;
  Limits decoding = limits;
  if (!flat) decoding.labels_per_series = 0;  // no series is taken flat
  const double began = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  double took = 0;
  std::size_t samples = 0;
  while (took < 1) {
    auto write = decode(body, decoding, system_clock().now());
    if (!write) std::exit(1);
    ingest::Rejections rejections;
    const auto valid =
        ingest::validate_samples(write->rest, limits, system_clock().now(), rejections);
    for (const SeriesSamples& one : valid.series) write->samples.add(one);
    samples += write->samples.samples.size();
    took = seconds_of(CLOCK_THREAD_CPUTIME_ID) - began;
  }
  std::printf("%-20s %9zu bytes %12.0f samples per CPU-second\n", what, body.size(),
              static_cast<double>(samples) / took);
}

void decode_both(std::size_t series) {
  const std::string first = Generator(series).body(0, series, end_ms);
  const auto flat = ingest::decode_flat_write(first, Limits(), system_clock().now());
  if (!flat) std::exit(1);
  const std::string second = second_body(flat->samples);
  time_decoding("1.0 flat", ingest::decode_flat_write, first, true);
  time_decoding("1.0 the long way", ingest::decode_flat_write, first, false);
  time_decoding("2.0 flat", ingest::decode_flat_write_2, second, true);
  time_decoding("2.0 the long way", ingest::decode_flat_write_2, second, false);
}

}  // namespace

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  if (mode == "write" && count == 5)
    write_all(words[2], std::stoul(words[3]), std::stoul(words[4]));
  else if (mode == "open" && count == 4)
    open_again(words[2], std::stoul(words[3]));
  else if (mode == "decode" && count == 3)
    decode_both(std::stoul(words[2]));
  else
    std::fprintf(stderr, "usage: %s write DIR SERIES SCRAPES | open DIR SERIES | decode SERIES\n",
                 words[0]);
  return mode.empty() ? 2 : 0;
}
