// container_* and machine_*: cgroups under cAdvisor's names.
#include "agent/host/containers/containers.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "agent/host/collector.h"
#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/containers/container_fs.h"
#include "agent/host/containers/container_processes.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"
#include "base/types/time.h"

namespace sluice::agent {
namespace {

// "8:0" to "/dev/sda", by /proc/diskstats.
std::map<std::string, std::string> device_names(const std::string& proc) {
  std::map<std::string, std::string> out;
  const auto text = text_or_empty(proc + "/diskstats");
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 3) continue;
    out[std::string(fields[0]) + ":" + std::string(fields[1])] = "/dev/" + std::string(fields[2]);
  }
  return out;
}

double now_seconds() {
  using Seconds = std::chrono::duration<double>;
  return Seconds(system_clock().now().time_since_epoch()).count();
}

std::optional<double> changed_at(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return std::nullopt;
  return static_cast<double>(s.st_mtim.tv_sec);
}

double cores_of(const std::string& proc) {
  double cores = 0;
  const auto text = text_or_empty(proc + "/stat");
  for (const auto line : split_lines_of(text))
    if (line.starts_with("cpu") && line.size() > 3 && is_digit(line[3])) ++cores;
  return cores;
}

// "MemTotal:  1024 kB" in bytes.
Maybe meminfo_bytes(std::string_view meminfo, std::string_view key) {
  constexpr double kilobyte = 1024;
  for (const auto line : split_lines_of(meminfo)) {
    const auto fields = split_fields(line);
    if (fields.size() < 2 || fields[0] != key) continue;
    const auto value = to_number(fields[1]);
    return value ? Maybe(*value * kilobyte) : std::nullopt;
  }
  return std::nullopt;
}

void emit_machine(const std::string& proc, Families& out) {
  const auto meminfo = text_or_empty(proc + "/meminfo");
  out.gauge("machine_cpu_cores", "Logical CPUs.", cores_of(proc));
  if (const auto memory = meminfo_bytes(meminfo, "MemTotal:"))
    out.gauge("machine_memory_bytes", "Memory of the machine.", *memory);
  if (const auto swap = meminfo_bytes(meminfo, "SwapTotal:"))
    out.gauge("machine_swap_bytes", "Swap of the machine.", *swap);
}

// The root of version 2 has no memory.current.
void complete_root(const std::string& proc, CgroupStats& stats) {
  if (stats.memory_usage) return;
  const auto meminfo = text_or_empty(proc + "/meminfo");
  const auto total = meminfo_bytes(meminfo, "MemTotal:");
  const auto free = meminfo_bytes(meminfo, "MemFree:");
  if (total && free) stats.memory_usage = *total - *free;
}

std::string directory_of(const CgroupTree& tree, const std::string& id) {
  return cgroup_path(tree.memory.empty() ? tree.cpuacct : tree.memory, id);
}

// Which process is asked for the network of each namespace that is not the machine's own: that of
// a pod's sandbox, else that of the first container.
using NetworkOwners = std::map<std::string, std::pair<std::size_t, std::string>>;

class Scrape {
 public:
  Scrape(const HostRoots& roots, CgroupTree tree, std::vector<KnownCgroup> cgroups,
         StatfsProber& prober, Families& out)
      : roots_(roots),
        tree_(std::move(tree)),
        cgroups_(std::move(cgroups)),
        labels_(label_cgroups(cgroups_)),
        devices_(device_names(roots.proc)),
        prober_(prober),
        out_(out) {}

  void run() {
    emit_machine(roots_.proc, out_);
    for (std::size_t i = 0; i < cgroups_.size(); ++i) emit_one(cgroups_[i], labels_[i]);
    emit_network(roots_.proc, "1", LabelSet{{"id", "/"}}, out_);
    for (const auto& [name, owner] : network_owners())
      emit_network(roots_.proc, owner.second, labels_[owner.first], out_);
    emit_fs(file_systems(), prober_, out_);
  }

 private:
  void emit_one(const KnownCgroup& cgroup, const LabelSet& labels) {
    auto stats =
        tree_.unified ? read_cgroup_v2(tree_, cgroup.id) : read_cgroup_v1(tree_, cgroup.id);
    if (cgroup.id == "/") complete_root(roots_.proc, stats);
    emit_cgroup(
        stats, labels, [this](const auto& number) { return device_name(number); }, out_);
    const auto pids = processes_of(directory_of(tree_, cgroup.id));
    out_.gauge("container_processes", "Processes.", static_cast<double>(pids.size()), labels);
    emit_times(cgroup, labels, pids);
    if (!cgroup.identity.is_container()) return;
    if (const auto open = open_descriptors(roots_.proc, pids))
      out_.gauge("container_file_descriptors", "Open descriptors.", *open, labels);
  }

  void emit_times(const KnownCgroup& cgroup, const LabelSet& labels,
                  const std::vector<std::string>& pids) {
    auto start = cgroup.identity.is_container() || cgroup.id == "/"
                     ? oldest_start(roots_.proc, pids)
                     : std::nullopt;
    if (!start) start = changed_at(directory_of(tree_, cgroup.id));
    if (start)
      out_.gauge("container_start_time_seconds", "When it began, unix seconds.", *start, labels);
    out_.gauge("container_last_seen", "When it was last seen, unix seconds.", now_seconds(),
               labels);
  }

  std::string device_name(const std::string& number) const {
    const auto it = devices_.find(number);
    return it == devices_.end() ? number : it->second;
  }

  // Those of the machine, then those of containers whose mounts this user may see.
  std::vector<ContainerFs> file_systems() const {
    const auto machine = text_or_empty(roots_.proc + "/1/mountinfo");
    std::vector<ContainerFs> all;
    const auto add = [&](LabelSet labels, RootFs fs) {
      labels.set("device", fs.device);
      all.push_back({std::move(labels), std::move(fs.path), fs.alone});
    };
    for (auto& fs : machine_fs(machine, roots_.root)) add({{"id", "/"}}, std::move(fs));
    for (std::size_t i = 0; i < cgroups_.size(); ++i) {
      if (!cgroups_[i].identity.is_container()) continue;
      const auto pid = first_process(directory_of(tree_, cgroups_[i].id));
      if (pid.empty()) continue;
      const auto process = roots_.proc + "/" + pid;
      auto fs = find_root_fs(machine, text_or_empty(process + "/mountinfo"), roots_.root,
                             process + "/root");
      if (fs) add(labels_[i], std::move(*fs));
    }
    return all;
  }

  NetworkOwners network_owners() const {
    NetworkOwners owners;
    const auto machine = network_namespace(roots_.proc, "1");
    for (std::size_t i = 0; i < cgroups_.size(); ++i) {
      if (!cgroups_[i].identity.is_container()) continue;
      const auto pid = first_process(directory_of(tree_, cgroups_[i].id));
      const auto name = pid.empty() ? std::string() : network_namespace(roots_.proc, pid);
      if (name.empty() || name == machine) continue;
      const bool sandbox = cgroups_[i].name && cgroups_[i].name->sandbox;
      if (sandbox || !owners.contains(name)) owners[name] = {i, pid};
    }
    return owners;
  }

  const HostRoots& roots_;
  CgroupTree tree_;
  std::vector<KnownCgroup> cgroups_;
  std::vector<LabelSet> labels_;
  std::map<std::string, std::string> devices_;
  StatfsProber& prober_;
  Families& out_;
};

void find_names(std::vector<KnownCgroup>& cgroups, ContainerNames& names) {
  std::set<std::string> ids;
  for (auto& c : cgroups) {
    if (!c.identity.is_container()) continue;
    c.name = names.find(c.identity.container);
    ids.insert(c.identity.container);
  }
  names.keep(ids);
}

}  // namespace

std::vector<KnownCgroup> choose_cgroups(const std::vector<std::string>& ids, std::size_t max) {
  std::vector<KnownCgroup> out;
  for (const auto& id : ids) out.push_back({id, identify_cgroup(id), std::nullopt});
  const auto rank = [](const KnownCgroup& c) {
    if (c.id == "/") return 0;
    return c.identity.is_container() || c.identity.pod ? 1 : 2;
  };
  std::stable_sort(out.begin(), out.end(),
                   [rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (out.size() > max) out.resize(max);
  return out;
}

std::vector<LabelSet> label_cgroups(const std::vector<KnownCgroup>& cgroups) {
  std::map<std::string, const ContainerName*> pods;
  for (const auto& c : cgroups)
    if (c.name && !c.name->pod.empty()) pods[c.identity.pod_uid] = &*c.name;
  std::vector<LabelSet> out;
  for (const auto& c : cgroups) {
    LabelSet labels{{"id", c.id}};
    if (c.identity.is_container())
      labels.set("name", c.name && !c.name->name.empty() ? c.name->name : c.identity.container);
    if (c.name) {
      labels.set("image", c.name->image);
      labels.set("container", c.name->container);
    }
    const auto pod = c.identity.pod_uid.empty() ? pods.end() : pods.find(c.identity.pod_uid);
    if (pod != pods.end()) {
      labels.set("pod", pod->second->pod);
      labels.set("namespace", pod->second->pod_namespace);
    }
    out.push_back(std::move(labels));
  }
  return out;
}

Collector containers_collector(const HostRoots& roots, Statfs statfs,
                               std::chrono::milliseconds timeout) {
  auto names = std::make_shared<ContainerNames>(roots.root);
  auto prober = std::make_shared<StatfsProber>(std::move(statfs), timeout);
  return {"containers", [roots, names, prober](Families& out) -> Result<void> {
            if (roots.max_cgroups == 0)
              return Error{ErrorCode::not_found, "metrics.max_cgroups is 0"};
            SLUICE_TRY(auto tree, find_cgroup_tree(roots.sys));
            const auto list = list_cgroups(tree);
            auto cgroups = choose_cgroups(list.ids, roots.max_cgroups);
            out.gauge("sluice_agent_cgroups_dropped", "Cgroups that are too many to be reported.",
                      static_cast<double>(list.ids.size() - cgroups.size()));
            out.gauge("sluice_agent_cgroups_complete",
                      "0 if there are more than 20,000 cgroups, which are not even counted.",
                      list.complete ? 1 : 0);
            find_names(cgroups, *names);
            Scrape(roots, std::move(tree), std::move(cgroups), *prober, out).run();
            return {};
          }};
}

Collector containers_collector(const HostRoots& roots) {
  return containers_collector(roots, real_statfs, std::chrono::milliseconds(2'000));
}

}  // namespace sluice::agent
