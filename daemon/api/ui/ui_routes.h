// Serves the web UI: the embedded files, and the page itself for the UI's own addresses.
//
//   /                      the page
//   /logs, /releases ...   the page, for any single unknown segment: the UI routes by path
//   /assets/NAME-HASH.ext  a file for ever: another build has other names
//   /api/..., /loki/...    404 as JSON, never the page: a typing error in a script must not get 200
//
// No token is needed: the files hold no data, and without them nobody could enter a token.
#pragma once

#include "base/http/router.h"

namespace sluice::api {

void add_ui_routes(http::Router& router);

}  // namespace sluice::api
