// Families of host metrics: name, type, help and values. What collectors fill and what is shown at
// /metrics and shipped by remote write.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"

namespace sluice::agent {

// The last two come from text files only.
enum class MetricType { counter, gauge, untyped, histogram, summary };
std::string_view to_string(MetricType type);

struct MetricValue {
  LabelSet labels;
  double value = 0;
  std::string suffix{};  // of the family's name: _bucket, _sum or _count
};

struct Family {
  std::string name;
  MetricType type = MetricType::untyped;
  std::string help;
  std::vector<MetricValue> values;
};

// In order of first mention; references stay valid.
class Families {
 public:
  // The family of this name, made at first mention.
  Family& family(std::string_view name, MetricType type, std::string_view help);
  void counter(std::string_view name, std::string_view help, double value, LabelSet labels = {});
  void gauge(std::string_view name, std::string_view help, double value, LabelSet labels = {});
  void untyped(std::string_view name, std::string_view help, double value, LabelSet labels = {});

  // Adds the families of another collector. Returns how many were left out because their name is
  // taken: a series must not be there twice.
  std::size_t merge(Families other);

  // Moves the families for which `wanted` holds into a set of their own.
  Families take(const std::function<bool(const Family&)>& wanted);

  auto begin() const { return families_.begin(); }
  auto end() const { return families_.end(); }
  std::size_t size() const { return families_.size(); }
  std::size_t sample_count() const;

 private:
  std::deque<Family> families_;
  std::map<std::string, Family*, std::less<>> by_name_;
};

// Prometheus text format 0.0.4.
std::string to_text(const Families& families);

}  // namespace sluice::agent
