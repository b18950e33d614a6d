#include "daemon/storage/retention_policy.h"

#include "daemon/storage/delete_request.h"

namespace sluice::storage {

namespace {

std::optional<Day> day_by_period(std::chrono::hours period, Timestamp now) {
  if (period.count() <= 0) return std::nullopt;
  return day_of(now - period);
}

Timestamp start_of(Day day) {
  return from_unix_ns(static_cast<std::int64_t>(day) * ns_per_day);
}

}  // namespace

Result<RetentionPolicy> RetentionPolicy::make(const StoreOptions& options) {
  RetentionPolicy policy;
  for (std::size_t i = 0; i < options.retention_rules.size(); ++i) {
    const RetentionRule& rule = options.retention_rules[i];
    Rule compiled{rule.tenant, {}, rule.period};
    if (!rule.selector.empty()) {
      auto selection = parse_selection(rule.selector);
      const std::string place = "storage.retention_rules[" + std::to_string(i) + "]";
      if (!selection) return std::move(selection).error().within(place);
      if (!selection->filters.empty())
        return invalid_argument(place + ": a selector only, without line filters");
      compiled.matchers = std::move(selection->matchers);
    }
    policy.rules_.push_back(std::move(compiled));
  }
  policy.rules_.push_back({"", {}, options.retention});
  return policy;
}

std::optional<Day> RetentionPolicy::first_day(Timestamp now) const {
  std::optional<Day> first;
  for (const Rule& rule : rules_) {
    const auto day = day_by_period(rule.period, now);
    if (!day) return std::nullopt;
    first = first ? std::min(*first, *day) : *day;
  }
  return first;
}

std::optional<Day> RetentionPolicy::first_log_day(const TenantId& tenant, Timestamp now) const {
  std::optional<Day> first;
  for (const Rule& rule : rules_) {
    if (!rule.applies_to(tenant)) continue;
    const auto day = day_by_period(rule.period, now);
    if (!day) return std::nullopt;
    first = first ? std::min(*first, *day) : *day;
    if (rule.matchers.empty()) break;  // nothing gets past it
  }
  return first;
}

std::optional<Day> RetentionPolicy::first_sample_day(const TenantId& tenant, Timestamp now) const {
  return first_log_day(tenant, now);  // rules with selectors are for series as for streams
}

std::vector<RetentionCut> RetentionPolicy::cuts(const TenantId& tenant, Timestamp now) const {
  std::vector<RetentionCut> cuts;
  bool streams = false;
  for (const Rule& rule : rules_) {
    if (!rule.applies_to(tenant)) continue;
    const auto day = day_by_period(rule.period, now);
    cuts.push_back({rule.matchers, day ? start_of(*day) : Timestamp::min()});
    if (rule.matchers.empty()) break;
    streams = true;
  }
  return streams ? cuts : std::vector<RetentionCut>();
}

}  // namespace sluice::storage
