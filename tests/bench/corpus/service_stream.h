// ServiceStream: the JSON log of one pod of a service. Requests write a few lines each, which share
// trace, user and route; the last tells status, latency and bytes. Users and routes are reused with
// skew, traces are fresh, errors come in spells.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/corpus/line_source.h"
#include "tests/bench/corpus/random.h"
#include "tests/bench/corpus/service.h"

namespace sluice::bench {

class ServiceStream : public LineSource {
 public:
  ServiceStream(const Service& service, Random random);

  void next(Moment& moment, std::string& line) override;
  void next_with(const Plant& plant, Moment& moment, std::string& line) override;
  double mean_line_bytes() const override { return 280; }

 private:
  enum class Step { working, failed, done };

  void begin_request();
  void write(const Moment& moment, Step step, std::string& line);
  void write_head(const Moment& moment, std::string_view level, std::string& line);
  void write_extra(std::string& line);
  void write_outcome(std::string& line);
  void append_filled(std::string_view text, std::string& line);
  std::string fresh_user();

  const Service* service_;
  Random random_;
  std::string trace_, user_, path_, address_;
  std::string_view method_;
  std::size_t steps_left_ = 0;
  std::size_t step_ = 0;
  unsigned status_ = 200;
  double failure_rate_ = 0.004;
};

}  // namespace sluice::bench
