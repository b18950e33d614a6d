#include "tests/bench/push/corpus_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <utility>

namespace sluice::bench {

namespace {

constexpr std::int64_t at_end = std::numeric_limits<std::int64_t>::max();

std::uint64_t take_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !text.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> columns;
  for (std::size_t tab = 0; tab != std::string_view::npos; line.remove_prefix(tab + 1)) {
    tab = line.find('\t');
    columns.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) break;
  }
  return columns;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (file < 0 || ::fstat(file, &info) != 0) {
    if (file >= 0) ::close(file);
    return Error{ErrorCode::io, "cannot read " + path};
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : nullptr;
  ::close(file);
  if (data == MAP_FAILED) return Error{ErrorCode::io, "cannot map " + path};
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(const_cast<char*>(data_), size_);
}

struct CorpusReader::Stream {
  Stream(std::string labels_text, MappedFile lines_file, MappedFile times_file)
      : labels(std::move(labels_text)),
        lines(std::move(lines_file)),
        times(std::move(times_file)),
        lines_left(lines.text()),
        times_left(times.text()) {
    advance();
  }

  void advance() {
    if (times_left.empty()) {
      now = at_end;
      return;
    }
    now += static_cast<std::int64_t>(take_varint(times_left));
  }
  std::string_view take_line() {
    const std::size_t end = std::min(lines_left.find('\n'), lines_left.size());
    const std::string_view line = lines_left.substr(0, end);
    lines_left.remove_prefix(std::min(end + 1, lines_left.size()));
    advance();
    return line;
  }

  std::string labels;
  MappedFile lines, times;
  std::string_view lines_left, times_left;
  std::int64_t now = 0;  // of the next line
};

struct CorpusReader::Agent {
  std::string host;
  std::vector<std::unique_ptr<Stream>> streams;

  std::int64_t now() const {
    std::int64_t earliest = at_end;
    for (const auto& stream : streams) earliest = std::min(earliest, stream->now);
    return earliest;
  }
};

CorpusReader::CorpusReader(std::size_t batch_bytes) : batch_bytes_(batch_bytes) {}

CorpusReader::~CorpusReader() = default;

Result<std::unique_ptr<CorpusReader>> CorpusReader::open(const std::string& folder,
                                                         std::size_t batch_bytes) {
  std::ifstream manifest(folder + "/manifest.tsv");
  std::unique_ptr<CorpusReader> reader(new CorpusReader(batch_bytes));
  for (std::string line; std::getline(manifest, line);)
    SLUICE_CHECK(reader->add_stream(line, folder));
  if (reader->agents_.empty()) return Error{ErrorCode::io, "no streams in " + folder};
  return reader;
}

Result<void> CorpusReader::add_stream(std::string_view manifest_line, const std::string& folder) {
  const auto columns = columns_of(manifest_line);
  if (columns.size() != 7) return invalid_argument("manifest.tsv: expected seven columns");
  const std::string base = folder + "/" + std::string(columns[4]);
  SLUICE_TRY(auto lines, MappedFile::open(base + ".log"));
  SLUICE_TRY(auto times, MappedFile::open(base + ".times"));
  agent_of(columns[3])
      .streams.push_back(
          std::make_unique<Stream>(std::string(columns[0]), std::move(lines), std::move(times)));
  return {};
}

CorpusReader::Agent& CorpusReader::agent_of(std::string_view host) {
  for (auto& agent : agents_)
    if (agent->host == host) return *agent;
  agents_.push_back(std::make_unique<Agent>());
  agents_.back()->host = std::string(host);
  return *agents_.back();
}

bool CorpusReader::next(Batch& batch) {
  const std::lock_guard lock(mutex_);
  batch.streams.clear();
  batch.lines = batch.bytes = 0;
  Agent* last = agents_.front().get();
  for (auto& agent : agents_)
    if (agent->now() < last->now()) last = agent.get();
  fill(*last, batch);
  return batch.lines > 0;
}

// Takes from the stream that is furthest behind, up to where the next one stands.
void CorpusReader::fill(Agent& agent, Batch& batch) {
  batch.streams.resize(agent.streams.size());
  while (batch.bytes < batch_bytes_) {
    std::size_t first = 0;
    std::int64_t second_now = at_end;
    for (std::size_t i = 1; i < agent.streams.size(); ++i) {
      const std::int64_t now = agent.streams[i]->now;
      const std::int64_t best = agent.streams[first]->now;
      second_now = std::min(second_now, std::max(now, best));
      if (now < best) first = i;
    }
    Stream& stream = *agent.streams[first];
    BatchStream& out = batch.streams[first];
    if (stream.now == at_end) break;
    out.labels = &stream.labels;
    do {
      const std::int64_t now = stream.now;
      out.entries.push_back({now, stream.take_line()});
      ++batch.lines;
      batch.bytes += out.entries.back().line.size() + 1;
    } while (stream.now <= second_now && stream.now != at_end && batch.bytes < batch_bytes_);
  }
  std::erase_if(batch.streams, [](const BatchStream& stream) { return stream.entries.empty(); });
}

}  // namespace sluice::bench
