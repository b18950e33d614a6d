// sluice-bench-push: pushes files to a Loki push endpoint as fast as it is answered.
//
//   sluice-bench-push URL FORMAT CONNECTIONS LABELS=FILE...     FORMAT: json, gzip or protobuf
//
// Entries are stamped so that each file spans the last hour. Prints one JSON object: lines, bytes,
// seconds. Any answer but 204 ends it with exit code 1 and the answer's text.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <protozero/pbf_writer.hpp>
#include <thread>

#include "base/codec/compress.h"
#include "base/codec/json_writer.h"
#include "base/http/client.h"
#include "base/runtime/io_runtime.h"
#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::bench {
namespace {

constexpr std::size_t batch_bytes = 1 << 20;

struct Batch {
  std::string labels;
  std::vector<std::pair<Timestamp, std::string>> entries;
};

struct Totals {
  std::atomic<std::uint64_t> lines{0};
  std::atomic<std::uint64_t> bytes{0};
};

// "{a="b"}" as a JSON object.
std::string labels_json(const std::string& text) {
  const auto labels = parse_labels(text).value();
  JsonWriter w;
  w.begin_object();
  for (const auto& [name, value] : labels) w.key(name).string(value);
  return w.end_object().take();
}

std::string encode_json(const Batch& batch) {
  JsonWriter w;
  w.begin_object().key("streams").begin_array().begin_object();
  w.key("stream").raw(labels_json(batch.labels)).key("values").begin_array();
  for (const auto& [t, line] : batch.entries)
    w.begin_array().string(std::to_string(unix_ns(t))).string(line).end_array();
  return w.end_array().end_object().end_array().end_object().take();
}

std::string encode_protobuf(const Batch& batch) {
  std::string body, stream;
  protozero::pbf_writer stream_writer(stream);
  stream_writer.add_string(1, batch.labels);
  for (const auto& [t, line] : batch.entries) {
    protozero::pbf_writer entry(stream_writer, 2);
    {
      protozero::pbf_writer time(entry, 1);
      time.add_int64(1, unix_ns(t) / 1'000'000'000);
      time.add_int32(2, static_cast<std::int32_t>(unix_ns(t) % 1'000'000'000));
    }
    entry.add_string(2, line);
  }
  protozero::pbf_writer(body).add_message(1, stream);
  return snappy_compress(body);
}

http::ClientRequest make_request(const std::string& url, const std::string& format,
                                 const Batch& batch) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url + "/loki/api/v1/push";
  if (format == "protobuf") {
    request.headers.set("Content-Type", "application/x-protobuf");
    request.body = encode_protobuf(batch);
    return request;
  }
  request.headers.set("Content-Type", "application/json");
  request.body = encode_json(batch);
  if (format == "gzip") {
    request.headers.set("Content-Encoding", "gzip");
    request.body = gzip_compress(request.body);
  }
  return request;
}

// Reads one file after another into batches; several senders take from it.
class Reader {
 public:
  explicit Reader(std::vector<std::pair<std::string, std::string>> files)
      : files_(std::move(files)) {}

  bool next(Batch& batch) {
    const std::lock_guard lock(mutex_);
    batch.entries.clear();
    std::string line;
    std::size_t bytes = 0;
    while (bytes < batch_bytes) {
      if (!in_.is_open() && !open_next()) break;
      if (!std::getline(in_, line)) {
        in_.close();
        in_.clear();
        if (!batch.entries.empty()) break;
        continue;
      }
      batch.labels = labels_;
      bytes += line.size() + 1;
      batch.entries.emplace_back(time_, std::move(line));
      time_ += std::chrono::microseconds(500);
    }
    return !batch.entries.empty();
  }

 private:
  bool open_next() {
    if (at_ == files_.size()) return false;
    labels_ = files_[at_].first;
    in_.open(files_[at_++].second);
    time_ = start_;
    return true;
  }

  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> files_;
  std::size_t at_ = 0;
  std::ifstream in_;
  std::string labels_;
  Timestamp start_ = system_clock().now() - std::chrono::hours(1);
  Timestamp time_{};
};

void send_all(http::Client& client, Reader& reader, const std::string& url,
              const std::string& format, Totals& totals, std::atomic<bool>& failed) {
  Batch batch;
  while (!failed && reader.next(batch)) {
    auto response = client.request(make_request(url, format, batch));
    if (!response || response->status != 204) {
      std::fprintf(stderr, "push failed: %s\n",
                   response ? response->body.c_str() : response.error().message.c_str());
      failed = true;
      return;
    }
    totals.lines += batch.entries.size();
    for (const auto& entry : batch.entries) totals.bytes += entry.second.size() + 1;
  }
}

int run(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: sluice-bench-push URL json|gzip|protobuf CONNECTIONS LABELS=FILE...\n",
               stderr);
    return 2;
  }
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 4; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto split = arg.rfind("}=");
    if (split == std::string::npos) return 2;
    files.emplace_back(arg.substr(0, split + 1), arg.substr(split + 2));
  }
  IoRuntime runtime({.io_threads = 1, .commit_threads = 1, .query_threads = 1});
  auto client = http::make_client(runtime, {});
  Reader reader(std::move(files));
  Totals totals;
  std::atomic<bool> failed{false};
  const auto began = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < std::atoi(argv[3]); ++i)
      senders.emplace_back([&] { send_all(*client, reader, argv[1], argv[2], totals, failed); });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("{\"lines\":%llu,\"bytes\":%llu,\"seconds\":%.3f}\n",
              static_cast<unsigned long long>(totals.lines),
              static_cast<unsigned long long>(totals.bytes), took.count());
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  return sluice::bench::run(argc, argv);
}
