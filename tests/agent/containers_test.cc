// Container metrics: cgroups of both versions from fixtures/, paths and files that name containers,
// and what happens when there are too many.
#include "agent/host/containers/containers.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "agent/host/collector.h"
#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/containers/container_fs.h"
#include "agent/host/containers/container_processes.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

const std::string container_fixtures = std::string(SLUICE_SOURCE_DIR) + "/tests/agent/fixtures";
const std::string docker_id = std::string(60, '1') + "dead";
const std::string sandbox_id = std::string(60, '5') + "beef";
const std::string app_id = std::string(60, '3') + "cafe";
const std::string podman_id = std::string(60, '4') + "f00d";
const std::string pod_uid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const std::string pod_slice =
    "/kubepods.slice/kubepods-burstable.slice/"
    "kubepods-burstable-pod0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0.slice";

// Sizes by path, so that a test sees what was asked.
Result<FsUsage> fixture_statfs(const std::string& path) {
  FsUsage usage;
  usage.files = 10;
  usage.files_free = 4;
  if (path == container_fixtures + "/root/") usage.size = 2'000;
  if (path == container_fixtures + "/root/var/lib/docker/overlay2/x") usage.size = 9'000;
  if (path == container_fixtures + "/proc/80/root") usage.size = 800;
  if (usage.size == 0) return Error{ErrorCode::io, "not there"};
  usage.free = usage.size / 4;
  return usage;
}

Families collect_containers(const std::string& sys, std::size_t max = 500) {
  HostRoots roots;
  roots.proc = container_fixtures + "/proc";
  roots.sys = sys;
  roots.root = container_fixtures + "/root";
  roots.max_cgroups = max;
  Families out;
  const auto done =
      containers_collector(roots, fixture_statfs, std::chrono::seconds(10)).collect(out);
  REQUIRE(done.has_value());
  return out;
}

// The value where these labels are among the sample's.
Maybe where(const Families& families, std::string_view name, const LabelSet& labels) {
  for (const auto& f : families) {
    if (f.name != name) continue;
    for (const auto& v : f.values) {
      bool all = true;
      for (const auto& label : labels) all = all && v.labels.get(label.name) == label.value;
      if (all) return v.value;
    }
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("the path of a cgroup names its container", "[containers]") {
  const std::string hex(64, 'a');
  const auto container = [&](const std::string& id) { return identify_cgroup(id).container; };
  CHECK(container("/system.slice/docker-" + hex + ".scope") == hex);
  CHECK(container("/docker/" + hex) == hex);
  CHECK(container("/machine.slice/libpod-" + hex + ".scope") == hex);
  CHECK(container("/libpod_parent/libpod-" + hex) == hex);
  CHECK(container("/lxc/web") == "web");
  CHECK(container("/lxc.payload.web") == "web");
  CHECK(container("/system.slice/x.slice:cri-containerd:" + hex) == hex);
  CHECK(container("/machine.slice/libpod-conmon-" + hex + ".scope").empty());
  CHECK(container("/kubepods.slice/crio-conmon-" + hex + ".scope").empty());
  CHECK(container("/docker/" + hex + "/init.scope").empty());
  CHECK(container("/system.slice/ssh.service").empty());
  CHECK(container("/").empty());
  CHECK(container("").empty());
}

TEST_CASE("the path of a cgroup names its pod", "[containers]") {
  const std::string hex(64, 'b');
  for (const auto& pod :
       {pod_slice, "/kubepods/burstable/pod" + pod_uid, "/kubepods/pod" + pod_uid}) {
    CAPTURE(pod);
    CHECK(identify_cgroup(pod) == ContainerIdentity{"", pod_uid, true});
    CHECK(identify_cgroup(pod + "/" + hex) == ContainerIdentity{hex, pod_uid, false});
    CHECK(identify_cgroup(pod + "/crio-" + hex + ".scope") ==
          ContainerIdentity{hex, pod_uid, false});
  }
  CHECK(identify_cgroup("/kubepods.slice").pod_uid.empty());
  CHECK(identify_cgroup("/user.slice/tripod1.slice").pod_uid.empty());
}

TEST_CASE("containers of version 2 come with their numbers and names", "[containers]") {
  const auto out = collect_containers(container_fixtures + "/sys");
  const LabelSet web{{"id", "/system.slice/docker-" + docker_id + ".scope"},
                     {"name", "web"},
                     {"image", "nginx:1.25"}};
  const auto value = [&](std::string_view name) { return where(out, name, web).value_or(-1); };
  CHECK(value("container_cpu_usage_seconds_total") == 12.345678);
  CHECK(value("container_cpu_user_seconds_total") == 10);
  CHECK(value("container_cpu_cfs_periods_total") == 100);
  CHECK(value("container_cpu_cfs_throttled_periods_total") == 7);
  CHECK(value("container_cpu_cfs_throttled_seconds_total") == 1.5);
  CHECK(value("container_spec_cpu_quota") == 50'000);
  CHECK(value("container_spec_cpu_period") == 100'000);
  CHECK(value("container_spec_cpu_shares") == 2597);
  CHECK(value("container_memory_usage_bytes") == 6'291'456);
  CHECK(value("container_memory_working_set_bytes") == 6'291'456 - 1'048'576);
  CHECK(value("container_memory_rss") == 1'048'576);
  CHECK(value("container_memory_cache") == 4'194'304);
  CHECK(value("container_memory_swap") == 65'536);
  CHECK(value("container_memory_max_usage_bytes") == 8'388'608);
  CHECK(value("container_memory_failcnt") == 3);
  CHECK(value("container_oom_events_total") == 1);
  CHECK(value("container_spec_memory_limit_bytes") == 67'108'864);
  CHECK(value("container_spec_memory_swap_limit_bytes") == 0);
  CHECK(value("container_threads") == 5);
  CHECK(value("container_processes") == 1);
  CHECK(value("container_file_descriptors") == 3);
  CHECK(value("container_pressure_cpu_waiting_seconds_total") == 2.5);
  CHECK(value("container_pressure_cpu_stalled_seconds_total") == 1);
  auto disk = web;
  disk.set("device", "/dev/sda");
  CHECK(where(out, "container_fs_reads_bytes_total", disk) == 4096);
  CHECK(where(out, "container_fs_writes_total", disk) == 2);
  auto unknown_disk = web;
  unknown_disk.set("device", "259:7");
  CHECK(where(out, "container_fs_reads_total", unknown_disk) == 1);
  CHECK(where(out, "container_network_receive_bytes_total", web) == 7000);
  CHECK(where(out, "container_network_transmit_packets_dropped_total", web) == 4);
  CHECK(value("container_start_time_seconds") > 1e9);
  CHECK(value("container_last_seen") > 1.7e9);
}

TEST_CASE("file systems of containers and of the machine", "[containers]") {
  const auto out = collect_containers(container_fixtures + "/sys");
  const auto value = [&](std::string_view name, const LabelSet& labels) {
    return where(out, name, labels);
  };
  // An overlay has the size and inodes of what holds its writable layer; its use nobody knows.
  const LabelSet web{{"name", "web"}, {"image", "nginx:1.25"}, {"device", "/dev/sda9"}};
  CHECK(value("container_fs_limit_bytes", web) == 9'000);
  CHECK(value("container_fs_inodes_total", web) == 10);
  CHECK(value("container_fs_inodes_free", web) == 4);
  CHECK_FALSE(value("container_fs_usage_bytes", web));
  const LabelSet app{{"pod", "pay-7d9f"}, {"container", "app"}, {"device", "/dev/sda2"}};
  CHECK(value("container_fs_limit_bytes", app) == 2'000);
  CHECK_FALSE(value("container_fs_usage_bytes", app));
  // A root that is a file system of its own.
  const LabelSet db{{"name", "db"}, {"device", "/dev/mapper/vg-db"}};
  CHECK(value("container_fs_limit_bytes", db) == 800);
  CHECK(value("container_fs_usage_bytes", db) == 600);
  // The machine's disks, each once; those that cannot be asked are left out.
  CHECK(value("container_fs_usage_bytes", {{"id", "/"}, {"device", "/dev/sda2"}}) == 1'500);
  CHECK(value("container_fs_limit_bytes", {{"id", "/"}, {"device", "/dev/sda2"}}) == 2'000);
  CHECK_FALSE(value("container_fs_limit_bytes", {{"id", "/"}, {"device", "/dev/sda1"}}));
  CHECK_FALSE(value("container_fs_limit_bytes", {{"device", "server:/export"}}));
}

TEST_CASE("which file system holds a container's root", "[containers]") {
  const std::string machine =
      "1 0 8:2 / / rw - ext4 /dev/sda2 rw\n"
      "2 1 8:3 / /var/lib/my\\040disk rw - xfs /dev/sdb1 rw\n"
      "3 1 0:44 / /tmp rw - tmpfs tmpfs rw\n"
      "odd line\n";
  const auto find = [&](const std::string& mounts) {
    return find_root_fs(machine, mounts, "/host", "/p/9/root");
  };
  const auto overlay = [](const std::string& upper) {
    return "5 4 0:9 / / rw - overlay overlay rw,lowerdir=/l,upperdir=" + upper + ",workdir=/w\n";
  };
  CHECK(find(overlay("/var/lib/my\\040disk/a")) ==
        RootFs{"/dev/sdb1", "/host/var/lib/my disk", false});
  CHECK(find(overlay("/var/lib/my\\040diskette/a")) == RootFs{"/dev/sda2", "/host/", false});
  CHECK_FALSE(find(overlay("/tmp/a")));
  CHECK_FALSE(find("5 4 0:9 / / ro - overlay overlay ro,lowerdir=/l\n"));  // nothing is written
  CHECK_FALSE(find("5 4 0:9 / / rw - tmpfs tmpfs rw\n"));
  CHECK_FALSE(find(""));
  CHECK(find("5 4 0:70 / / rw - zfs tank/web rw\n") == RootFs{"tank/web", "/p/9/root", true});
  CHECK(find("5 4 253:1 /rootfs / rw - xfs /dev/mapper/d rw\n") ==
        RootFs{"/dev/mapper/d", "/p/9/root", true});
  // A directory of the machine's own file system, and a directory of another one.
  CHECK(find("5 4 8:2 /var/lib/lxc/web/rootfs / rw - ext4 /dev/sda2 rw\n") ==
        RootFs{"/dev/sda2", "/p/9/root", false});
  CHECK(find("5 4 8:3 /lxc/web / rw - xfs /dev/sdb1 rw\n") ==
        RootFs{"/dev/sdb1", "/p/9/root", false});
  // What is mounted over the root hides it.
  CHECK(find("5 4 8:2 / / rw - ext4 /dev/sda2 rw\n6 5 0:70 / / rw - zfs tank/web rw\n") ==
        RootFs{"tank/web", "/p/9/root", true});
}

TEST_CASE("pods, their containers and their network are labelled as by the kubelet",
          "[containers]") {
  const auto out = collect_containers(container_fixtures + "/sys");
  const LabelSet app{{"pod", "pay-7d9f"},
                     {"namespace", "shop"},
                     {"container", "app"},
                     {"image", "registry.example/pay:2.1"},
                     {"name", app_id}};
  CHECK(where(out, "container_memory_rss", app) == 1'048'576);
  const LabelSet pod{
      {"id", pod_slice}, {"pod", "pay-7d9f"}, {"namespace", "shop"}, {"container", ""}};
  CHECK(where(out, "container_memory_rss", pod) == 1'048'576);
  // Once per pod, by its sandbox, though the app comes first by its id.
  const LabelSet sandbox{{"pod", "pay-7d9f"}, {"interface", "eth0"}, {"name", sandbox_id}};
  CHECK(where(out, "container_network_receive_bytes_total", sandbox) == 8000);
  CHECK_FALSE(where(out, "container_network_receive_bytes_total", app));
  const LabelSet db{{"name", "db"}, {"image", "registry.example/library/postgres:16"}};
  CHECK(where(out, "container_memory_rss", db));
  CHECK_FALSE(where(out, "container_network_receive_bytes_total", db));  // the machine's own
  CHECK(where(out, "container_network_receive_bytes_total", {{"id", "/"}}) == 1000);
  CHECK_FALSE(where(out, "container_memory_rss", {{"id", "/system.slice/boot.mount"}}));
  CHECK_FALSE(where(out, "container_cpu_cfs_periods_total", {{"id", "/system.slice"}}));
}

TEST_CASE("the root of version 2 and the machine come from /proc", "[containers]") {
  const auto out = collect_containers(container_fixtures + "/sys");
  const auto total = where(out, "machine_memory_bytes", {}).value_or(0);
  CHECK(total > 1e6);
  CHECK(where(out, "machine_cpu_cores", {}).value_or(0) >= 1);
  const auto used = where(out, "container_memory_usage_bytes", {{"id", "/"}}).value_or(0);
  CHECK(used > 0);
  CHECK(used < total);
}

TEST_CASE("containers of version 1", "[containers]") {
  const auto out = collect_containers(container_fixtures + "/cgroup_v1");
  const LabelSet web{{"id", "/docker/" + docker_id}, {"name", "web"}};
  const auto value = [&](std::string_view name) { return where(out, name, web).value_or(-1); };
  CHECK(value("container_cpu_usage_seconds_total") == 2);
  CHECK(value("container_cpu_user_seconds_total") == 1.5);
  CHECK(value("container_cpu_cfs_throttled_seconds_total") == 0.5);
  CHECK(value("container_spec_cpu_quota") == 25'000);
  CHECK(value("container_spec_cpu_shares") == 512);
  CHECK(value("container_memory_working_set_bytes") == 3'000'000);
  CHECK(value("container_memory_rss") == 1'000'000);
  CHECK(value("container_spec_memory_limit_bytes") == 8'000'000);
  CHECK(value("container_spec_memory_swap_limit_bytes") == 0);
  CHECK(value("container_oom_events_total") == 2);
  CHECK(value("container_threads") == 9);
  auto faults = web;
  faults.set("failure_type", "pgfault");
  faults.set("scope", "hierarchy");
  CHECK(where(out, "container_memory_failures_total", faults) == 50);
  faults.set("scope", "container");
  CHECK(where(out, "container_memory_failures_total", faults) == 5);
  CHECK(where(out, "container_blkio_device_usage_total",
              {{"operation", "Write"}, {"major", "8"}, {"name", "web"}}) == 200);
  CHECK_FALSE(where(out, "container_spec_cpu_quota", {{"id", "/docker"}}));
}

TEST_CASE("past the bound containers stay and services go, counted", "[containers]") {
  const auto out = collect_containers(container_fixtures + "/sys", 6);
  CHECK(where(out, "container_memory_rss", {{"name", "web"}}));
  CHECK(where(out, "container_memory_rss", {{"container", "app"}}));
  CHECK(where(out, "container_cpu_usage_seconds_total", {{"id", "/"}}));
  CHECK_FALSE(where(out, "container_memory_rss", {{"id", "/system.slice/ssh.service"}}));
  CHECK(where(out, "sluice_agent_cgroups_dropped", {}) == 6);
  const auto all = collect_containers(container_fixtures + "/sys");
  CHECK(where(all, "sluice_agent_cgroups_dropped", {}) == 0);
}

TEST_CASE("a cgroup that several hierarchies have counts once", "[containers]") {
  const TempDir dir;
  CgroupTree tree;
  tree.memory = dir / "memory";
  tree.cpuacct = dir / "cpuacct";
  for (int i = 0; i < 11'000; ++i) {
    dir.make_dir("memory/" + std::to_string(i));
    dir.make_dir("cpuacct/" + std::to_string(i));
  }
  const auto list = list_cgroups(tree);
  CHECK(list.complete);
  CHECK(list.ids.size() == 11'001);
}

TEST_CASE("the first process is not looked for in thousands of empty cgroups", "[containers]") {
  const TempDir dir;
  for (int i = 100; i < 200; ++i) dir.make_dir(std::to_string(i));
  dir.write("110/cgroup.procs", "7\n8\n");
  CHECK(first_process(dir.path()) == "7");
  dir.remove("110/cgroup.procs");
  dir.write("199/cgroup.procs", "9\n");
  CHECK(first_process(dir.path()).empty());
}

TEST_CASE("no cgroups, or none wanted, is no data", "[containers]") {
  TempDir dir;
  Families out;
  HostRoots roots;
  roots.sys = dir.path();
  CHECK(containers_collector(roots).collect(out).error().code == ErrorCode::not_found);
  roots.sys = container_fixtures + "/sys";
  roots.max_cgroups = 0;
  CHECK(containers_collector(roots).collect(out).error().code == ErrorCode::not_found);
  CHECK(out.size() == 0);
}

TEST_CASE("a cgroup that goes away while it is read leaves no family behind", "[containers]") {
  const CgroupTree tree{true, "/none", "/none", "/none", "/none", "/none"};
  Families out;
  emit_cgroup(
      read_cgroup_v2(tree, "/gone"), {}, [](const std::string& n) { return n; }, out);
  emit_cgroup(
      read_cgroup_v1(tree, "/gone"), {}, [](const std::string& n) { return n; }, out);
  CHECK(out.size() == 0);
}

TEST_CASE("runtimes' files name containers", "[containers]") {
  const auto docker = parse_docker_config(
      R"({"Name":"/k8s_app","Config":{"Image":"x:1","Labels":{"io.kubernetes.pod.name":"p",)"
      R"("io.kubernetes.pod.namespace":"n","io.kubernetes.container.name":"POD",)"
      R"("io.kubernetes.docker.type":"podsandbox"}}})");
  CHECK(docker == ContainerName{"k8s_app", "x:1", "p", "n", "POD", true});
  const auto nerdctl = parse_oci_config(
      R"({"annotations":{"nerdctl/name":"web","nerdctl/image-ref":"registry.example/x:1"}})");
  CHECK(nerdctl == ContainerName{"web", "registry.example/x:1", "", "", "", false});
  const auto crio = parse_oci_config(
      R"({"annotations":{"io.kubernetes.pod.name":"p","io.kubernetes.pod.namespace":"n",)"
      R"("io.kubernetes.container.name":"c","io.kubernetes.cri-o.Name":"k8s_c_p",)"
      R"("io.kubernetes.cri-o.ImageName":"x:2","io.kubernetes.cri-o.ContainerType":"container"}})");
  CHECK(crio == ContainerName{"k8s_c_p", "x:2", "p", "n", "c", false});
  CHECK(parse_log_link("pay-7d9f_shop_app-" + app_id + ".log", app_id) ==
        ContainerName{"", "", "pay-7d9f", "shop", "app", false});
  CHECK_FALSE(parse_log_link("pay-7d9f_shop_app-" + app_id + ".log", docker_id));
  for (const std::string_view odd : {"", "{", "[]", "{}", "null", R"({"annotations":{}})", "7"}) {
    CAPTURE(odd);
    CHECK_FALSE(parse_docker_config(odd));
    CHECK_FALSE(parse_oci_config(odd));
    CHECK_FALSE(parse_podman_list(odd, podman_id));
  }
}

TEST_CASE("names are looked for until they are there, and then kept", "[containers]") {
  TempDir dir;
  ContainerNames names(dir.path());
  CHECK_FALSE(names.find(docker_id));
  const auto folder = dir.path() + "/var/lib/docker/containers/" + docker_id;
  std::filesystem::create_directories(folder);
  dir.write("var/lib/docker/containers/" + docker_id + "/config.v2.json",
            R"({"Name":"/a","Config":{"Image":"i"}})");
  REQUIRE(names.find(docker_id));
  std::filesystem::remove_all(folder);
  CHECK(names.find(docker_id)->name == "a");
  names.keep({});
  CHECK_FALSE(names.find(docker_id));
}

}  // namespace sluice::agent
