// WriteBodies: the messages of remote write 1.0 requests, cut so that each request stays far below
// what receivers take and a queue of them can be bounded by bytes. Private to the encoders.
#pragma once

#include <protozero/pbf_writer.hpp>
#include <vector>

#include "agent/ship/remote_writer.h"

namespace sluice::agent {

// A body ends once it is this large; the last message in it may make it larger.
inline constexpr std::size_t body_bytes = 4 << 20;
// Series per body: Prometheus sends 2,000 samples at a time by default.
inline constexpr std::size_t series_per_body = 5'000;

class WriteBodies {
 public:
  // `write` writes one message, with `samples` in it, to the request it is given.
  template <class Write>
  void add(std::size_t samples, Write write) {
    if (bodies_.empty() || messages_ == series_per_body ||
        bodies_.back().protobuf.size() >= body_bytes) {
      bodies_.emplace_back();
      messages_ = 0;
    }
    ++messages_;
    bodies_.back().samples += samples;
    protozero::pbf_writer request(bodies_.back().protobuf);
    write(request);
  }
  std::vector<WriteBody> take() { return std::move(bodies_); }

 private:
  std::vector<WriteBody> bodies_;
  std::size_t messages_ = 0;
};

}  // namespace sluice::agent
