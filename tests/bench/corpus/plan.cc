#include "tests/bench/corpus/plan.h"

#include <algorithm>
#include <cmath>

namespace sluice::bench {

namespace {

constexpr std::size_t text_streams = 96;
constexpr std::size_t json_streams = 50;
constexpr std::size_t hosts = 10;
constexpr std::string_view odd_words[] = {"Flummoxed", "flummoxing", "FLUMMOXED", "flummoxed",
                                          "Flummoxing"};
constexpr std::size_t odd_word_lines = 12;

std::string two_digits(std::size_t n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

// The n-th busiest of a group has this share, before the shares are made to add up.
double share(std::size_t n) {
  return 1 / std::pow(static_cast<double>(n + 1), 0.6);
}

StreamPlan text_stream(std::size_t i, const std::vector<Sample>& samples) {
  const Sample& sample = samples[i % samples.size()];
  const std::size_t host = i / samples.size() % hosts;
  StreamPlan plan;
  plan.kind = "text";
  plan.app = sample.app;
  plan.host = "node-" + two_digits(host);
  plan.file = plan.app + "-" + two_digits(i / samples.size());
  plan.labels = "{app=\"" + plan.app + "\", file=\"/var/log/" + plan.file + ".log\", host=\"" +
                plan.host + "\", kind=\"text\"}";
  plan.sample = &sample;
  return plan;
}

StreamPlan json_stream(std::size_t i) {
  const Service& service = services()[i % services().size()];
  const std::size_t replica = i / services().size();
  StreamPlan plan;
  plan.kind = "json";
  plan.app = std::string(service.name);
  plan.host = "node-" + two_digits(i * 7 % hosts);
  plan.file = plan.app + "-" + two_digits(replica);
  plan.labels = "{app=\"" + plan.app + "\", host=\"" + plan.host + "\", kind=\"json\", pod=\"" +
                plan.app + "-6d5f9c7b8-" + std::to_string(10'000 + i * 7'919 % 89'999) + "\"}";
  plan.service = &service;
  return plan;
}

// Gives the streams [first, last) their sizes, `bytes` in total.
void divide(std::vector<StreamPlan>& plans, std::size_t first, std::size_t last, std::size_t groups,
            std::size_t bytes) {
  const auto weight = [&](std::size_t i) {
    // Which group is the busiest has nothing to do with the order of their names.
    return share(((i - first) * 7 + 3) % groups) * share((i - first) / groups);
  };
  double total = 0;
  for (std::size_t i = first; i < last; ++i) total += weight(i);
  for (std::size_t i = first; i < last; ++i)
    plans[i].bytes = static_cast<std::size_t>(static_cast<double>(bytes) * weight(i) / total);
}

// Spreads `count` plants evenly over the streams [first, last) and their length.
void spread(std::vector<StreamPlan>& plans, std::size_t first, std::size_t last, std::size_t count,
            const Plant& plant) {
  for (std::size_t i = 0; i < count; ++i) {
    Plant one = plant;
    one.at = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    plans[first + (i * 37 + 11) % (last - first)].plants.push_back(std::move(one));
  }
}

}  // namespace

std::vector<StreamPlan> make_plan(std::size_t bytes, std::uint64_t seed,
                                  const std::vector<Sample>& samples) {
  std::vector<StreamPlan> plans;
  for (std::size_t i = 0; i < text_streams; ++i) plans.push_back(text_stream(i, samples));
  for (std::size_t i = 0; i < json_streams; ++i) plans.push_back(json_stream(i));
  const std::size_t all = plans.size();
  divide(plans, 0, text_streams, samples.size(), bytes / 2);
  divide(plans, text_streams, all, services().size(), bytes / 2);
  Random seeds(seed);
  for (auto& plan : plans) plan.seed = seeds.next();
  spread(plans, 0, all, 7, {Plant::What::word, std::string(rare_word)});
  spread(plans, 0, all, 4, {Plant::What::word, std::string(longer_word)});
  for (std::size_t i = 0; i < odd_word_lines; ++i)
    spread(plans, i * 12, i * 12 + 14, 1,
           {Plant::What::word, std::string(odd_words[i % std::size(odd_words)])});
  spread(plans, text_streams, all, 5, {Plant::What::trace, std::string(planted_trace)});
  spread(plans, text_streams, all, std::max<std::size_t>(20, bytes * 7 / 10'000'000),
         {Plant::What::user, std::string(planted_user)});
  for (auto& plan : plans)
    std::stable_sort(plan.plants.begin(), plan.plants.end(),
                     [](const Plant& a, const Plant& b) { return a.at < b.at; });
  return plans;
}

}  // namespace sluice::bench
