// CorpusReader: a corpus as its agents would ship it: one agent per host, which sends all streams
// of that host in batches ordered by time. Files are mapped, not copied: lines are views that live
// as long as the reader.
//
// next() may be called from several threads. It gives the batch of the agent that is furthest
// behind, so that the hosts advance together.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::bench {

// A file of a corpus in memory, read only. Empty files map to nothing.
class MappedFile {
 public:
  // Error: io.
  static Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view text() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}

  const char* data_;
  std::size_t size_;
};

struct BatchEntry {
  std::int64_t unix_ns;
  std::string_view line;
};

// The entries of one stream in a batch.
struct BatchStream {
  const std::string* labels = nullptr;
  std::vector<BatchEntry> entries;
};

struct Batch {
  std::vector<BatchStream> streams;
  std::size_t lines = 0;
  std::size_t bytes = 0;  // line feeds included
};

class CorpusReader {
 public:
  // Reads DIR/manifest.tsv. Error: io, or a manifest that is none.
  static Result<std::unique_ptr<CorpusReader>> open(const std::string& folder,
                                                    std::size_t batch_bytes);
  ~CorpusReader();

  // False at the end.
  bool next(Batch& batch);

 private:
  struct Stream;
  struct Agent;

  explicit CorpusReader(std::size_t batch_bytes);
  Result<void> add_stream(std::string_view manifest_line, const std::string& folder);
  Agent& agent_of(std::string_view host);
  void fill(Agent& agent, Batch& batch);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Agent>> agents_;
  std::size_t batch_bytes_;
};

}  // namespace sluice::bench
