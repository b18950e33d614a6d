#include "daemon/api/admin/routes.h"

#include <atomic>
#include <memory>

#include "base/codec/json_writer.h"

namespace sluice::api {

namespace {

using http::Request;
using http::Response;
using storage::StoreOperations;

// A check of a large store or a first backup to another disk takes its time.
constexpr std::chrono::minutes long_deadline{60};

// One at a time: the second is told so instead of doubling the load.
class Busy {
 public:
  explicit Busy(std::atomic<bool>& flag) : flag_(flag), mine_(!flag.exchange(true)) {}
  ~Busy() {
    if (mine_) flag_ = false;
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  bool mine() const { return mine_; }

 private:
  std::atomic<bool>& flag_;
  const bool mine_;
};

Response already_running(const char* what) {
  return http::error_response(
      {ErrorCode::conflict, std::string("a ") + what + " is running already; wait for its end"});
}

std::string date_of(std::int32_t day) {
  return format_rfc3339(Timestamp(std::chrono::days(day))).substr(0, 10);
}

void write_space(JsonWriter& out, const storage::DaySpace& space) {
  out.key("parts").number(space.parts);
  out.key("rows").number(space.rows);
  out.key("raw_bytes").number(space.line_bytes);
  out.key("stored_bytes").number(space.stored_bytes);
  out.key("ratio");
  if (space.stored_bytes == 0)
    out.null();
  else
    out.number(static_cast<double>(space.line_bytes) / static_cast<double>(space.stored_bytes));
}

void add_up(storage::DaySpace& total, const storage::DaySpace& one) {
  total.parts += one.parts;
  total.rows += one.rows;
  total.line_bytes += one.line_bytes;
  total.stored_bytes += one.stored_bytes;
}

Response space_report(StoreOperations& store) {
  storage::DaySpace total;
  JsonWriter out;
  out.begin_object().key("days").begin_array();
  for (const auto& day : store.space()) {
    out.begin_object();
    out.key("tenant").string(day.tenant.value).key("day").string(date_of(day.day));
    write_space(out, day);
    out.end_object();
    add_up(total, day);
  }
  out.end_array().key("total").begin_object();
  write_space(out, total);
  out.end_object().end_object();
  return Response::json(200, out.take());
}

// 20260110T120000Z: sorts by time, and is a plain name everywhere.
std::string backup_name(Timestamp now) {
  std::string name;
  for (const char c : format_rfc3339(std::chrono::floor<std::chrono::seconds>(now)))
    if (c != '-' && c != ':') name += c;
  return name;
}

Response make_backup(StoreOperations& store, const AdminOptions& options, Timestamp now) {
  if (options.backup_path.empty())
    return http::error_response(
        invalid_argument("backups need storage.backup_path in the configuration"));
  const auto made = store.backup(options.backup_path + "/" + backup_name(now));
  if (!made) return http::error_response(made.error());
  JsonWriter out;
  out.begin_object().key("path").string(made->path);
  out.key("files").number(made->files).key("bytes").number(made->bytes).end_object();
  return Response::json(200, out.take());
}

Response check_report(StoreOperations& store, const std::stop_token& cancel) {
  const auto report = store.check([&cancel] { return cancel.stop_requested(); });
  if (!report) return http::error_response(report.error());
  JsonWriter out;
  out.begin_object().key("sound").boolean(report->sound());
  out.key("values").number(report->values).key("bytes").number(report->bytes);
  out.key("parts").number(report->parts).key("rows").number(report->rows);
  out.key("unsealed_entries").number(report->head_entries);
  out.key("samples").number(report->samples).key("damaged").number(report->damaged);
  out.key("problems").begin_array();
  for (const auto& problem : report->problems) out.string(problem);
  out.end_array().end_object();
  return Response::json(200, out.take());
}

}  // namespace

void add_admin_routes(http::Router& router, StoreOperations& store, Clock& clock,
                      AdminOptions options) {
  const http::RouteOptions look{.pool = http::Pool::query, .role = http::Role::admin};
  http::RouteOptions slow = look;
  slow.deadline = long_deadline;
  router.add("GET", "/api/v1/admin/storage", look,
             [&store](Request&) { return space_report(store); });
  const auto backing_up = std::make_shared<std::atomic<bool>>(false);
  router.add("POST", "/api/v1/admin/backup", slow,
             [&store, &clock, options = std::move(options), backing_up](Request&) {
               const Busy busy(*backing_up);
               if (!busy.mine()) return already_running("backup");
               return make_backup(store, options, clock.now());
             });
  const auto checking = std::make_shared<std::atomic<bool>>(false);
  router.add("POST", "/api/v1/admin/check", slow, [&store, checking](Request& request) {
    const Busy busy(*checking);
    if (!busy.mine()) return already_running("check");
    return check_report(store, request.cancel);
  });
}

}  // namespace sluice::api
