// The collectors against a small /proc and /sys in fixtures/, compared with golden text; and
// against this machine's real ones.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <set>

#include "agent/host/collector.h"
#include "agent/host/cpu.h"
#include "agent/host/filesystem.h"
#include "agent/host/mounts.h"
#include "agent/host/statfs_prober.h"
#include "agent/host/text.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

const std::string fixtures = std::string(SLUICE_SOURCE_DIR) + "/tests/agent/fixtures";

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// These ask the kernel and not the fixtures, or have tests of their own (containers, systemd).
bool about_this_machine(const std::string& collector) {
  for (const std::string_view one :
       {"containers", "filesystem", "os", "process", "systemd", "time", "timex", "uname"})
    if (collector == one) return true;
  return false;
}

HostRoots fixture_roots() {
  HostRoots roots;
  roots.proc = fixtures + "/proc";
  roots.sys = fixtures + "/sys";
  roots.root = fixtures + "/root";
  return roots;
}

Families from_fixtures() {
  Families out;
  for (const auto& c : make_collectors(fixture_roots())) {
    if (about_this_machine(c.name)) continue;
    CAPTURE(c.name);
    const auto done = c.collect(out);
    REQUIRE(done.has_value());
  }
  return out;
}

double value_of(const Families& families, std::string_view name) {
  for (const auto& f : families)
    if (f.name == name && !f.values.empty()) return f.values[0].value;
  FAIL("no " << name);
  return 0;
}

}  // namespace

TEST_CASE("the fixtures give the golden text", "[collectors]") {
  const auto text = to_text(from_fixtures());
  const auto golden = read_file(fixtures + "/golden.txt");
  if (text != golden) {
    const auto got = std::filesystem::temp_directory_path() / "sluice-agent-golden.txt";
    std::ofstream(got) << text;
    FAIL("differs from fixtures/golden.txt; what came out is in " << got.string());
  }
}

TEST_CASE("every collector is called and reports its success", "[collectors]") {
  const auto none = fixtures + "/none";
  const auto families = collect_all(make_collectors({.proc = none, .sys = none, .root = none}));
  std::set<std::string> failed;
  for (const auto& f : families)
    if (f.name == "node_scrape_collector_success")
      for (const auto& v : f.values)
        if (v.value == 0) failed.insert(std::string(v.labels.get("collector")));
  const std::set<std::string> need_nothing{"edac", "process", "selinux", "textfile",
                                           "time", "timex",   "uname"};
  for (const auto& c : make_collectors({}))
    CHECK(failed.contains(c.name) != need_nothing.contains(c.name));
}

TEST_CASE("a family has one collector, and the second one fails", "[collectors]") {
  const auto gives = [](std::string collector, std::string family) {
    return Collector{std::move(collector), [family](Families& out) -> Result<void> {
                       out.gauge(family, "Help.", 1);
                       return {};
                     }};
  };
  const auto families = collect_all({gives("one", "a"), gives("two", "a"), gives("three", "b")});
  std::map<std::string, double> success;
  for (const auto& f : families) {
    if (f.name == "a") CHECK(f.values.size() == 1);
    if (f.name == "node_scrape_collector_success")
      for (const auto& v : f.values) success[std::string(v.labels.get("collector"))] = v.value;
  }
  CHECK(success == std::map<std::string, double>{{"one", 1}, {"two", 0}, {"three", 1}});
}

TEST_CASE("this machine's own files are understood", "[collectors]") {
  const auto families = collect_all(make_collectors({}));
  CHECK(value_of(families, "node_memory_MemTotal_bytes") > 1e6);
  CHECK(value_of(families, "node_cpu_seconds_total") > 0);
  CHECK(value_of(families, "node_boot_time_seconds") > 1e9);
  CHECK(value_of(families, "node_time_seconds") > 1.7e9);
  CHECK(value_of(families, "node_filefd_maximum") > 0);
  CHECK(value_of(families, "process_open_fds") > 2);
  CHECK(value_of(families, "process_start_time_seconds") > 1e9);
  CHECK(value_of(families, "node_uname_info") == 1);
  for (const auto& f : families) {
    CHECK(valid_metric_name(f.name));
    std::set<LabelSet> seen;
    for (const auto& v : f.values) {
      CAPTURE(f.name, v.labels.to_string());
      CHECK(seen.insert(v.labels).second);
    }
  }
}

TEST_CASE("the mount table leaves out what is not storage", "[collectors]") {
  const auto mounts = parse_mountinfo(read_file(fixtures + "/proc/1/mountinfo"));
  REQUIRE(mounts.has_value());
  CHECK(*mounts == std::vector<Mount>{{"/dev/sda2", "/", "ext4", false},
                                      {"/dev/sda1", "/boot/with space", "vfat", true},
                                      {"tmpfs", "/run", "tmpfs", false},
                                      {"server:/export", "/mnt/dead", "nfs4", false}});
  CHECK_FALSE(reported_mount("/dev", "ext4"));
  CHECK_FALSE(reported_mount("/sys/fs/x", "ext4"));
  CHECK(reported_mount("/device", "ext4"));
  CHECK(reported_mount("/var/lib/docker", "ext4"));
  CHECK_FALSE(reported_mount("/", "overlay"));
  CHECK_FALSE(parse_mountinfo("garbage\n").has_value());
}

TEST_CASE("a mount that does not answer blocks neither others nor the next scrape",
          "[collectors]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  StatfsProber prober(
      [released](const std::string& path) -> Result<FsUsage> {
        if (path == "/dead") released.wait();
        FsUsage usage;
        usage.size = 42;
        return usage;
      },
      std::chrono::seconds(2));  // for the dead one; the others are there long before
  for (int scrape = 0; scrape < 3; ++scrape) {
    const auto results = prober.probe({"/a", "/dead", "/b"});
    REQUIRE(results[0].has_value());
    REQUIRE(results[2].has_value());
    CHECK(results[0]->size == 42);
    REQUIRE(!results[1].has_value());
    CHECK(results[1].error().code == ErrorCode::timeout);
    CHECK(results[2]->size == 42);
    CHECK(prober.stuck() == 1);
  }
  release.set_value();
  for (int i = 0; i < 1000 && prober.stuck() > 0; ++i) static_cast<void>(prober.probe({"/a"}));
  CHECK(prober.probe({"/dead"})[0].has_value());
}

TEST_CASE("with a dead mount all other collectors and mounts are there", "[collectors]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  const auto statfs = [released](const std::string& path) -> Result<FsUsage> {
    if (path.ends_with("/mnt/dead")) released.wait();
    return FsUsage{};
  };
  auto collectors = make_collectors(fixture_roots());
  for (auto& c : collectors)
    if (c.name == "filesystem")
      c = filesystem_collector(fixture_roots(), statfs, std::chrono::milliseconds(500));
  for (int scrape = 0; scrape < 2; ++scrape) {
    const auto families = collect_all(collectors);
    std::map<std::string, double> errors;
    for (const auto& f : families) {
      if (f.name == "node_filesystem_device_error")
        for (const auto& v : f.values) errors[std::string(v.labels.get("mountpoint"))] = v.value;
      if (f.name == "node_filesystem_size_bytes") CHECK(f.values.size() == 3);
    }
    CHECK(errors == std::map<std::string, double>{
                        {"/", 0}, {"/boot/with space", 0}, {"/mnt/dead", 1}, {"/run", 0}});
    CHECK(value_of(families, "node_load1") > 0);
    CHECK(value_of(families, "node_vmstat_pgfault") > 0);  // comes after it
  }
  release.set_value();
}

TEST_CASE("many dead mounts do not keep living ones from being asked", "[collectors]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  StatfsProber prober(
      [released](const std::string& path) -> Result<FsUsage> {
        if (path.starts_with("/dead")) released.wait();
        return FsUsage{};
      },
      std::chrono::milliseconds(500));
  std::vector<std::string> paths{"/"};
  for (int i = 0; i < 30; ++i) paths.push_back("/dead" + std::to_string(i));
  paths.emplace_back("/last");
  for (int scrape = 0; scrape < 2; ++scrape) {
    const auto results = prober.probe(paths);
    CHECK(results.front().has_value());
    CHECK(results.back().has_value());
    CHECK(prober.stuck() == 30);
  }
  release.set_value();
}

TEST_CASE("what may hang is told from what does not", "[collectors]") {
  for (const std::string_view type : {"nfs", "nfs4", "cifs", "fuse", "fuse.sshfs"})
    CHECK(remote_type(type));
  for (const std::string_view type : {"ext4", "xfs", "tmpfs", "fuseblk", "btrfs"})
    CHECK_FALSE(remote_type(type));
}

TEST_CASE("zeros are left out where a machine has too many CPUs", "[collectors]") {
  std::string text;
  for (int cpu = 0; cpu < 256; ++cpu) text += " CPU" + std::to_string(cpu);
  for (int irq = 0; irq < 20; ++irq) {
    text += "\n " + std::to_string(irq) + ": 5";
    for (int cpu = 1; cpu < 256; ++cpu) text += " 0";
    text += " PCI-MSI eth0";
  }
  Families out;
  REQUIRE(parse_interrupts(text + "\n", out).has_value());
  CHECK(out.sample_count() == 20);
}

TEST_CASE("CPU counters do not step back, and believe a hotplug", "[collectors]") {
  CpuMemory memory;
  CpuTimes t{10, 0, 0, 100, 0, 0, 0, 0, 0, 0};
  memory.update(0, t);
  t[0] = 9;  // a small step back
  t[3] = 99;
  memory.update(0, t);
  Families out;
  memory.emit(out);
  CHECK(value_of(out, "node_cpu_seconds_total") == 10);
  t = {1, 0, 0, 2, 0, 0, 0, 0, 0, 0};  // taken out and put back
  memory.update(0, t);
  Families after;
  memory.emit(after);
  CHECK(value_of(after, "node_cpu_seconds_total") == 1);
}

TEST_CASE("odd input is an error and not a number", "[collectors]") {
  Families out;
  CHECK_FALSE(parse_loadavg("", out).has_value());
  CHECK_FALSE(parse_loadavg("a b c", out).has_value());
  CHECK_FALSE(parse_meminfo("MemTotal: x kB\n", out).has_value());
  CHECK_FALSE(parse_netdev("eth0: 1 2 3\n", out).has_value());
  CHECK_FALSE(parse_netstat("Tcp: A B\nTcp: 1\n", "snmp", out).has_value());
  CHECK_FALSE(parse_sockstat("TCP: inuse\n", out).has_value());
  CHECK_FALSE(parse_softnet("zzz\n", out).has_value());
  CHECK_FALSE(parse_pressure("cpu", "some avg10=0\n", out).has_value());
  CHECK_FALSE(parse_stat("btime x\n", out).has_value());
  CHECK_FALSE(parse_diskstats("8 0 sda x\n", out).has_value());
  CHECK_FALSE(parse_cpu("cpux 1 2\n").has_value());
  CHECK_FALSE(parse_interrupts("", out).has_value());
  CHECK_FALSE(parse_interrupts("CPU0\n 1: x PCI eth0\n", out).has_value());
  CHECK_FALSE(parse_mdstat("md0 active\n", out).has_value());
  CHECK_FALSE(parse_conntrack_stat("found\nzz\n", out).has_value());
  TcpStates states;
  CHECK_FALSE(parse_tcp_row(" 0: a b", states).has_value());
}

TEST_CASE("a file too large for us is an error and not its beginning", "[collectors]") {
  const TempDir dir;
  const auto path = dir.write("big", std::string(100, 'x'));
  CHECK(read_text(path, 100).value().size() == 100);
  CHECK(read_text(path, 99).error().code == ErrorCode::too_large);
  CHECK(read_text(dir / "none").error().code == ErrorCode::not_found);
}

TEST_CASE("tables of any size are read row by row", "[collectors]") {
  const TempDir dir;
  std::string table = "head\n";
  while (table.size() < largest_text + 100) table += "0: some row of a table of sockets\n\n";
  const auto path = dir.write("table", table + "last");
  std::size_t rows = 0;
  std::string last;
  REQUIRE(read_rows(path, [&](std::string_view row) -> Result<void> {
            ++rows;
            last = row;
            return {};
          }).has_value());
  CHECK(rows == (table.size() - 5) / 35 + 1);
  CHECK(last == "last");
  const auto refused = read_rows(path, [](std::string_view) -> Result<void> {
    return Error{ErrorCode::parse, "odd"};
  });
  CHECK(refused.error().message == "odd");
  dir.write("table", std::string(100'000, 'x'));
  CHECK(read_rows(path, [](std::string_view) { return Result<void>{}; }).has_error());
}

}  // namespace sluice::agent
