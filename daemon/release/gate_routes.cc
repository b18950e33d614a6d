#include "base/codec/json_writer.h"
#include "daemon/release/json_time.h"
#include "daemon/release/route_input.h"
#include "daemon/release/routes.h"

namespace sluice::release {
namespace {

using alerting::JsonDocument;
using http::Request;
using http::Response;

Result<std::optional<bool>> on_fail_member(const JsonDocument& doc) {
  if (!doc.has("on_fail")) return std::optional<bool>();
  const std::string text = doc.text("on_fail");
  if (text == "rollback") return std::optional<bool>(true);
  if (text == "none") return std::optional<bool>(false);
  return invalid_argument("\"on_fail\" must be rollback or none");
}

Result<std::optional<rules::OnInconclusive>> on_inconclusive_member(const JsonDocument& doc) {
  if (!doc.has("on_inconclusive")) return std::optional<rules::OnInconclusive>();
  const auto value = on_inconclusive(doc.text("on_inconclusive"));
  if (!value) return invalid_argument("\"on_inconclusive\" must be hold, pass or fail");
  return value;
}

Result<GateRequest> read_request(const Request& request) {
  SLUICE_TRY(const auto doc, read_body(request, {"service", "env", "version", "baseline", "policy",
                                                 "window", "interval", "timeout", "on_fail",
                                                 "on_inconclusive", "started_at", "key"}));
  GateRequest out;
  out.service = doc.text("service");
  out.env = doc.text("env", out.env);
  out.version = doc.text("version");
  out.baseline = doc.text("baseline", out.baseline);
  out.policy = doc.text("policy", out.policy);
  out.key = doc.text("key");
  SLUICE_TRY(out.window, duration_member(doc, "window"));
  SLUICE_TRY(out.interval, duration_member(doc, "interval"));
  SLUICE_TRY(out.timeout, duration_member(doc, "timeout"));
  SLUICE_TRY(out.rollback_on_fail, on_fail_member(doc));
  SLUICE_TRY(out.on_inconclusive, on_inconclusive_member(doc));
  SLUICE_TRY(out.started_at, time_member(doc, "started_at"));
  SLUICE_CHECK(finish_body(doc));
  return out;
}

Result<GateManager::Created> create(GateManager& gates, const Request& request) {
  SLUICE_TRY(const auto wanted, read_request(request));
  return gates.create(wanted);
}

Result<std::chrono::milliseconds> wait_time(const Request& request) {
  const std::string text = request.query.get_or("wait", "");
  if (text.empty() || text == "0") return std::chrono::milliseconds(0);
  auto duration = parse_prometheus_duration(text);
  if (!duration) return invalid_argument("\"wait\": " + duration.error().message);
  return std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
}

// The gate of the path, after waiting until `enough` as long as ?wait= says.
Result<GateRecord> waited(GateManager& gates, const Request& request,
                          const std::function<bool(const GateRecord&)>& enough) {
  SLUICE_TRY(const auto wait, wait_time(request));
  return gates.wait(request.path_params.at("id"), wait, enough, request.cancel);
}

bool decided(const GateRecord& gate) {
  return gate.verdict.has_value();
}

std::string verdict_text(const GateRecord& gate) {
  return gate.verdict ? std::string(rules::to_string(*gate.verdict)) : "running";
}

Response show(GateManager& gates, const Request& request) {
  const auto gate = waited(gates, request, [](const GateRecord& g) { return g.done(); });
  return gate ? Response::json(200, encode(*gate)) : http::error_response(gate.error());
}

Response verdict(GateManager& gates, const Request& request) {
  const auto gate = waited(gates, request, decided);
  if (!gate) return http::error_response(gate.error());
  JsonWriter w;
  w.begin_object().key("id").string(gate->id).key("verdict").string(verdict_text(*gate));
  w.key("reason").string(gate->reason).end_object();
  const int status = !gate->verdict ? 503 : *gate->verdict == rules::Verdict::pass ? 200 : 409;
  Response response = Response::json(status, w.take());
  if (status == 503) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(gate->interval).count();
    response.headers.set("Retry-After", std::to_string(seconds));
  }
  return response;
}

// Argo Rollouts' web provider wants 200 and flat members, whatever the gate says.
Response argo(GateManager& gates, const Request& request) {
  const auto gate = waited(gates, request, decided);
  if (!gate) return http::error_response(gate.error());
  const bool pass = gate->verdict == rules::Verdict::pass;
  std::size_t passing = 0;
  for (const auto& check : gate->checks) passing += check.verdict == rules::Verdict::pass;
  const double score = gate->checks.empty() ? 0
                                            : 100.0 * static_cast<double>(passing) /
                                                  static_cast<double>(gate->checks.size());
  JsonWriter w;
  w.begin_object().key("verdict").string(verdict_text(*gate)).key("pass").boolean(pass);
  w.key("score").number(score).key("value").number(pass ? 1.0 : 0.0);
  w.key("reason").string(gate->reason).key("state").string(gate->done() ? "done" : "running");
  w.end_object();
  return Response::json(200, w.take());
}

Result<std::string> list(const GateManager& gates, const Request& request) {
  SLUICE_TRY(const auto limit, read_limit(request));
  const GateFilter filter{request.query.get_or("service", ""), request.query.get_or("env", ""),
                          request.query.get_or("version", ""), request.query.get_or("state", ""),
                          limit};
  std::string out = "{\"gates\":[";
  for (const auto& gate : gates.list(filter)) {
    if (out.back() != '[') out += ',';
    out += encode(gate);
  }
  return out + "]}";
}

}  // namespace

void add_gate_routes(http::Router& router, GateManager& gates) {
  http::RouteOptions write;
  write.pool = http::Pool::commit;
  write.role = http::Role::admin;
  write.max_body = 64 << 10;
  // Waiting callers hold a thread; the commit pool has many, and max_waiters is below its size.
  http::RouteOptions patient;
  patient.pool = http::Pool::commit;
  patient.deadline = GateManager::max_wait + std::chrono::seconds(10);
  router.add("POST", "/api/v1/gates", write, [&gates](Request& request) {
    const auto created = create(gates, request);
    if (!created) return http::error_response(created.error());
    Response response = Response::json(created->created ? 202 : 200, encode(created->gate));
    response.headers.set("Location", "/api/v1/gates/" + created->gate.id);
    return response;
  });
  router.add("GET", "/api/v1/gates", {}, [&gates](Request& request) {
    const auto text = list(gates, request);
    return text ? Response::json(200, *text) : http::error_response(text.error());
  });
  router.add("GET", "/api/v1/gates/{id}", patient,
             [&gates](Request& request) { return show(gates, request); });
  router.add("GET", "/api/v1/gates/{id}/verdict", patient,
             [&gates](Request& request) { return verdict(gates, request); });
  router.add("GET|POST|PUT", "/api/v1/gates/{id}/argo", patient,
             [&gates](Request& request) { return argo(gates, request); });
}

}  // namespace sluice::release
