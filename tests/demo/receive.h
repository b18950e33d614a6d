// `sluice-demo receive`: a webhook receiver that prints each notification for a person to read.
#pragma once

#include <string>

#include "base/http/router.h"
#include "base/types/result.h"

namespace sluice::demo {

struct ReceiveOptions {
  std::string listen = "127.0.0.1:0";
  std::string port_file;  // the chosen port is written here once it accepts; "": nowhere
};

// Any POST: 200 after printing, 400 with a reason when it is not a notification.
void add_receiver_routes(http::Router& router);
// Blocks until SIGINT or SIGTERM.
Result<void> receive_notifications(const ReceiveOptions& options);

}  // namespace sluice::demo
