#include "daemon/alerting/notify_delivery.h"

#include "daemon/alerting/http_post.h"

namespace sluice::alerting {

DeliverFn deliver_notifications(const RuleManager& rules) {
  return [&rules](const OutboxRow& row) -> Delivery {
    const auto webhook = rules.webhook(row.target);
    if (!webhook) {
      return {Delivery::Outcome::refused, 0, "receiver " + row.target + " is no longer configured",
              "", std::nullopt};
    }
    return http_post(webhook->target, {row.body, row.key, {}});
  };
}

}  // namespace sluice::alerting
