#include "tests/bench/corpus/stream_writer.h"

#include <fstream>
#include <memory>

#include "tests/bench/corpus/service_stream.h"
#include "tests/bench/corpus/text_stream.h"

namespace sluice::bench {

namespace {

constexpr std::size_t buffer_bytes = 1 << 20;

std::unique_ptr<LineSource> make_source(const StreamPlan& plan) {
  if (plan.sample) return std::make_unique<TextStream>(*plan.sample, Random(plan.seed));
  return std::make_unique<ServiceStream>(*plan.service, Random(plan.seed));
}

void append_varint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

class BufferedFile {
 public:
  explicit BufferedFile(const std::string& path) : path_(path), out_(path, std::ios::binary) {}

  std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= buffer_bytes) flush();
  }
  Result<void> finish() {
    flush();
    out_.close();
    if (!out_) return Error{ErrorCode::io, "cannot write " + path_};
    return {};
  }

 private:
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  std::string path_;
  std::ofstream out_;
  std::string buffer_;
};

}  // namespace

StreamSize generate(const StreamPlan& plan, TimeSpan span, const LineSink& sink) {
  const auto source = make_source(plan);
  const auto budget = static_cast<double>(plan.bytes);
  Random random(plan.seed ^ 0x5eed);
  Arrivals arrivals(span, budget / source->mean_line_bytes(), random);
  StreamSize size;
  Moment moment;
  std::string line;
  auto plant = plan.plants.begin();
  while (size.bytes < plan.bytes || plant != plan.plants.end()) {
    const double progress = static_cast<double>(size.bytes) / std::max(budget, 1.0);
    moment.set(std::max(arrivals.next(progress), moment.unix_ns() + 1000));
    if (plant != plan.plants.end() && progress >= plant->at)
      source->next_with(*plant++, moment, line);
    else
      source->next(moment, line);
    sink(moment.unix_ns(), line);
    ++size.lines;
    size.bytes += line.size() + 1;
  }
  return size;
}

Result<StreamSize> write_stream(const StreamPlan& plan, TimeSpan span, const std::string& folder) {
  BufferedFile lines(folder + "/" + plan.file + ".log");
  BufferedFile times(folder + "/" + plan.file + ".times");
  std::int64_t last = 0;
  const StreamSize size = generate(plan, span, [&](std::int64_t now, const std::string& line) {
    lines.buffer() += line;
    lines.buffer().push_back('\n');
    append_varint(static_cast<std::uint64_t>(now - last), times.buffer());
    last = now;
    lines.flush_if_full();
    times.flush_if_full();
  });
  SLUICE_CHECK(lines.finish());
  SLUICE_CHECK(times.finish());
  return size;
}

}  // namespace sluice::bench
