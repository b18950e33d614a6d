// ScrapePool: the targets of one job. Decides who is scraped when, and does no I/O but reading the
// job's files of targets. Guarded by its owner's mutex.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/scrape/target_end.h"
#include "base/scrape/target_files.h"
#include "base/scrape/target_loop.h"

namespace sluice::scrape {

class ScrapePool {
 public:
  explicit ScrapePool(JobPtr job);

  // A changed job; targets that stay keep their state.
  void set_job(JobPtr job, Timestamp now, std::size_t room);
  // Looks at the files of targets. `room`: targets the pool may have.
  void refresh(Timestamp now, std::size_t room);
  // Were targets left out that this much room would take?
  bool could_grow_in(std::size_t room) const { return left_out_ > 0 && room > last_room_; }
  // Finds out anew which targets there are.
  void sync(Timestamp now, std::size_t room);
  // Each problem goes to the log when it appears, not whenever targets are looked at.
  void log_problems();
  // All targets are gone (the job was taken out of the configuration).
  void clear();

  struct Due {
    std::shared_ptr<TargetLoop> loop;
    Timestamp scheduled{};
  };
  // Targets whose time has come; each is busy until the caller says set_busy(false).
  std::vector<Due> take_due(Timestamp now, ScrapeMetrics& metrics);
  Timestamp next_due() const;  // max() if there is none

  // Targets that are gone long enough: what they still have to say goes out at their time.
  std::vector<EndedTarget> take_ended(Timestamp now);
  bool ends_due(Timestamp now) const;
  bool empty() const { return entries_.empty() && ending_.empty(); }

  const std::string& name() const { return job_->config.name; }
  std::vector<std::shared_ptr<TargetLoop>> loops() const;
  const std::vector<LabelSet>& dropped() const { return dropped_; }
  std::size_t dropped_count() const { return dropped_count_; }
  std::size_t wrong_count() const { return wrong_count_; }
  std::size_t size() const { return entries_.size(); }
  std::size_t wrong_files() const { return files_.failures().size(); }

 private:
  struct Entry {
    std::shared_ptr<TargetLoop> loop;
    Timestamp next{};
    Duration interval{0};
  };
  struct Ending {
    Entry entry;
    Timestamp due{};
  };
  struct Problem {
    std::string_view message;
    std::string what;
    friend bool operator==(const Problem&, const Problem&) = default;
  };
  using Targets = std::map<std::uint64_t, Target>;
  Targets find_targets(std::size_t room);
  void find_target(const std::string& address, const LabelSet& group, std::size_t room,
                   Targets& found);
  void note_wrong(const std::string& address, std::string why);
  void add_target(std::uint64_t hash, Target target, Timestamp now);
  void end_target(std::uint64_t hash, Entry entry);

  JobPtr job_;
  TargetFiles files_;
  std::map<std::uint64_t, Entry> entries_;  // by the target's hash
  std::map<std::uint64_t, Ending> ending_;
  std::map<std::string, Problem> wrong_targets_;   // by address; the first of them
  std::map<std::string, Problem> known_problems_;  // said in the log already
  std::vector<LabelSet> dropped_;
  std::size_t dropped_count_ = 0;
  std::size_t wrong_count_ = 0;
  std::size_t left_out_ = 0;  // of them, for want of room
  std::size_t last_room_ = 0;
};

}  // namespace sluice::scrape
