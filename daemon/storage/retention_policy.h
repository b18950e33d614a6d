// RetentionPolicy: how long whose data is kept, from the configured period and its rules.
//
// The first rule that applies to a stream or series decides; the configured period is the rule
// after all others. A rule without selector is a tenant's period; one with a selector is for the
// streams and series that match. Whole UTC days are dropped: a day goes when its end is older than
// the period. A period of zero keeps forever. Immutable; safe from any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/keys.h"
#include "daemon/storage/store.h"
#include "daemon/storage/tombstones.h"

namespace sluice::storage {

class RetentionPolicy {
 public:
  // Error(parse): a rule's selector; the message names the rule.
  static Result<RetentionPolicy> make(const StoreOptions& options);

  // Days before this have nothing left, of any tenant; nullopt: somebody keeps forever.
  std::optional<Day> first_day(Timestamp now) const;
  // The same of one tenant, which may be later.
  std::optional<Day> first_log_day(const TenantId& tenant, Timestamp now) const;
  std::optional<Day> first_sample_day(const TenantId& tenant, Timestamp now) const;
  // What is to be hidden within the days that are kept; empty if no rule has a selector.
  std::vector<RetentionCut> cuts(const TenantId& tenant, Timestamp now) const;
  bool has_rules() const { return rules_.size() > 1; }

 private:
  struct Rule {
    std::string tenant;                         // empty: every
    std::vector<query::LabelMatcher> matchers;  // empty: every stream
    std::chrono::hours period{0};
    bool applies_to(const TenantId& id) const { return tenant.empty() || tenant == id.value; }
  };

  std::vector<Rule> rules_;  // the last is the configured period
};

}  // namespace sluice::storage
