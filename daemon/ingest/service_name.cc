#include "daemon/ingest/service_name.h"

#include <array>

namespace sluice::ingest {

namespace {

constexpr std::string_view service_label = "service_name";
// In the order in which they are asked.
constexpr std::array<std::string_view, 13> sources = {"service",
                                                      "app",
                                                      "application",
                                                      "app_name",
                                                      "name",
                                                      "app_kubernetes_io_name",
                                                      "container",
                                                      "container_name",
                                                      "k8s_container_name",
                                                      "component",
                                                      "workload",
                                                      "job",
                                                      "k8s_job_name"};

}  // namespace

void add_service_name(LabelSet& labels) {
  if (labels.empty() || labels.has(service_label)) return;
  for (const auto source : sources)
    if (labels.has(source)) return labels.set(service_label, std::string(labels.get(source)));
  labels.set(service_label, "unknown_service");
}

}  // namespace sluice::ingest
