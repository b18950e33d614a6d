#include "daemon/release/json_time.h"
#include "daemon/release/route_input.h"
#include "daemon/release/routes.h"

namespace sluice::release {
namespace {

using http::Request;
using http::Response;

Response answer(const Result<Deployment>& deployment, int status = 200) {
  if (!deployment) return http::error_response(deployment.error());
  return Response::json(status, encode(*deployment));
}

Result<Deployments::Started> start(Deployments& deployments, const Request& request) {
  SLUICE_TRY(const auto doc,
             read_body(request, {"service", "env", "version", "commit", "started_at"}));
  Deployment wanted;
  wanted.service = doc.text("service");
  wanted.env = doc.text("env", wanted.env);
  wanted.version = doc.text("version");
  wanted.commit = doc.text("commit");
  SLUICE_TRY(const auto started, time_member(doc, "started_at"));
  SLUICE_CHECK(finish_body(doc));
  wanted.started_at = started.value_or(Timestamp{});
  return deployments.start(std::move(wanted));
}

Result<Deployment> finish(Deployments& deployments, const Request& request) {
  SLUICE_TRY(const auto doc, read_body(request, {"status", "finished_at"}));
  const auto status = deployment_status(doc.text("status", "succeeded"));
  SLUICE_TRY(const auto finished, time_member(doc, "finished_at"));
  SLUICE_CHECK(finish_body(doc));
  if (status != DeploymentStatus::succeeded && status != DeploymentStatus::failed) {
    return invalid_argument("\"status\" must be succeeded or failed");
  }
  return deployments.finish(request.path_params.at("id"), *status, finished);
}

Result<std::string> list(const Deployments& deployments, const Request& request) {
  SLUICE_TRY(const auto limit, read_limit(request));
  const DeploymentFilter filter{
      request.query.get_or("service", ""), request.query.get_or("env", ""),
      request.query.get_or("version", ""), request.query.get_or("status", ""), limit};
  std::string out = "{\"deployments\":[";
  for (const auto& deployment : deployments.list(filter)) {
    if (out.back() != '[') out += ',';
    out += encode(deployment);
  }
  return out + "]}";
}

}  // namespace

void add_deployment_routes(http::Router& router, Deployments& deployments) {
  const http::RouteOptions read;
  http::RouteOptions write;
  write.pool = http::Pool::commit;
  write.role = http::Role::admin;
  write.max_body = 64 << 10;
  router.add("POST", "/api/v1/deployments", write, [&deployments](Request& request) {
    const auto started = start(deployments, request);
    if (!started) return http::error_response(started.error());
    return Response::json(started->created ? 201 : 200, encode(started->deployment));
  });
  const auto finish_route = [&deployments](Request& request) {
    return answer(finish(deployments, request));
  };
  router.add("PATCH", "/api/v1/deployments/{id}", write, finish_route);
  router.add("POST", "/api/v1/deployments/{id}/finish", write, finish_route);
  router.add("GET", "/api/v1/deployments", read, [&deployments](Request& request) {
    const auto text = list(deployments, request);
    return text ? Response::json(200, *text) : http::error_response(text.error());
  });
  router.add("GET", "/api/v1/deployments/{id}", read, [&deployments](Request& request) {
    return answer(deployments.get(request.path_params.at("id")));
  });
}

}  // namespace sluice::release
