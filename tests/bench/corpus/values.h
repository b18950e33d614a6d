// What varies in log lines: the values one kind of slot had in a sample (ValueClass), and an
// endless supply of more of them for one stream (ValueSource).
//
// A source draws with the sample's own habits: how often a value is one of the last few, how often
// it is new (Good-Turing: the share of values seen once), whether it counts upwards. New values are
// old ones with other digits. Ids and measurements stay new at the same rate for ever; of
// everything else (users, hosts, addresses) ever fewer new ones turn up, as in Heaps' law. Not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/corpus/random.h"

namespace sluice::bench {

enum class ValueKind : std::uint8_t { integer, decimal, hex, uuid, address, mixed };

ValueKind kind_of(std::string_view value);
bool is_uuid(std::string_view text);

class ValueClass {
 public:
  void observe(std::string_view value) { seen_.emplace_back(value); }
  // Works out the habits; after the last observe().
  void finish();

  const std::vector<std::string>& seen() const { return seen_; }  // in order, with repetitions
  ValueKind kind() const { return kind_; }
  bool counts() const { return counts_; }
  bool identity() const { return identity_; }
  double fresh() const { return fresh_; }       // share of values never seen before
  double recent() const { return recent_; }     // share of values equal to one of the last few
  std::uint64_t step() const { return step_; }  // mean increment of one that counts

 private:
  void find_counter(std::size_t distinct);

  std::vector<std::string> seen_;
  ValueKind kind_ = ValueKind::mixed;
  bool counts_ = false;
  bool identity_ = false;
  double fresh_ = 0;
  double recent_ = 0;
  std::uint64_t step_ = 1;
};

class ValueSource {
 public:
  // The class must outlive the source.
  explicit ValueSource(const ValueClass& values);

  void append_next(Random& random, std::string& out);

 private:
  double fresh_now() const;
  void make_fresh(Random& random);
  void count_on(Random& random);
  const std::string& draw(Random& random) const;
  void remember();

  const ValueClass* class_;
  std::vector<std::string> pool_;
  std::array<std::string, 8> recent_;
  std::size_t recents_ = 0;
  std::uint64_t drawn_ = 0;
  std::uint64_t counter_ = 0;
  std::string value_;
};

}  // namespace sluice::bench
