// TokenBuckets: token buckets in bytes, one per key, each with a rate at which it fills and a burst
// that it holds. Bounded: keys past `most` share one bucket until others are full again and can be
// forgotten, since clients name the keys. Time comes from the caller. For one thread at a time.
//
// What is larger than a whole bucket passes a full one and leaves it in debt: refused for ever it
// would only be lost.
#pragma once

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <vector>

namespace sluice::ingest {

struct BucketRate {
  double rate = 0;   // bytes a second
  double burst = 0;  // bytes
};

template <class Key, class Hash = std::hash<Key>>
class TokenBuckets {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Past `swept`, full buckets are looked for when a key comes that has none.
  TokenBuckets(std::size_t most, std::size_t swept) : most_(most), swept_(swept) {}

  // False: so much is not in the bucket, and nothing is taken.
  bool take(const Key& key, double bytes, BucketRate how, Time now) {
    return take_all({{key, bytes}}, how, now).empty();
  }
  // Takes all, or nothing: then the places in `wanted` whose buckets have too little. What is
  // wanted of one bucket counts as one amount, so that a full one always has enough.
  struct Wanted {
    Key key;
    double bytes = 0;
  };
  std::vector<std::size_t> take_all(const std::vector<Wanted>& wanted, BucketRate how, Time now) {
    if (buckets_.size() >= swept_ && now >= next_sweep_) forget_full(how, now);
    std::unordered_map<Bucket*, double> sums;
    std::vector<Bucket*> places;
    for (const auto& [key, bytes] : wanted) {
      places.push_back(&bucket_of(key, how, now));
      sums[places.back()] += bytes;
    }
    std::vector<std::size_t> lacking;
    for (std::size_t i = 0; i < places.size(); ++i)
      if (!has(*places[i], sums[places[i]], how, now)) lacking.push_back(i);
    if (lacking.empty())
      for (const auto& [bucket, bytes] : sums) bucket->level -= bytes;
    return lacking;
  }
  void give_back(const Key& key, double bytes, BucketRate how) {
    const auto at = buckets_.find(key);
    Bucket& bucket = at == buckets_.end() ? shared_ : at->second;
    bucket.level = std::min(how.burst, bucket.level + bytes);
  }
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double level = 0;  // bytes; below 0: debt
    Time filled{};
  };

  static double level_at(const Bucket& bucket, BucketRate how, Time now) {
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    return std::min(how.burst, bucket.level + seconds * how.rate);
  }

  static bool has(Bucket& bucket, double bytes, BucketRate how, Time now) {
    bucket.level = level_at(bucket, how, now);
    bucket.filled = now;
    return bucket.level >= std::min(bytes, how.burst);
  }

  Bucket& bucket_of(const Key& key, BucketRate how, Time now) {
    const auto at = buckets_.find(key);
    if (at != buckets_.end()) return at->second;
    if (buckets_.size() >= most_) return shared_;
    return buckets_.emplace(key, Bucket{how.burst, now}).first->second;
  }

  // By the rate of who asks: a bucket dropped too early is full too early, no worse. All of them
  // are looked at, thus not more often than once a second.
  void forget_full(BucketRate how, Time now) {
    next_sweep_ = now + std::chrono::seconds{1};
    std::erase_if(buckets_,
                  [&](const auto& item) { return level_at(item.second, how, now) >= how.burst; });
  }

  const std::size_t most_;
  const std::size_t swept_;
  std::unordered_map<Key, Bucket, Hash> buckets_;  // who is not in it has a full one, or shares
  Bucket shared_;
  Time next_sweep_ = Time::min();
};

}  // namespace sluice::ingest
