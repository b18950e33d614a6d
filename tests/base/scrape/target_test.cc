#include "base/scrape/target.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "base/scrape/fetcher.h"
#include "base/scrape/read_config.h"
#include "base/scrape/target_files.h"
#include "tests/support/temp_dir.h"

namespace sluice::scrape {
namespace {

TargetOutcome made(const JobConfig& job, const std::string& address, const LabelSet& group = {}) {
  const auto relabel = Relabeler::compile(job.relabel);
  REQUIRE(bool(relabel));
  return make_target(job, *relabel, address, group);
}

JobConfig job_named(const std::string& name) {
  JobConfig job;
  job.name = name;
  return job;
}

// As tools write target files: whole, in one move.
std::string write_file(const TempDir& folder, const std::string& name, const std::string& text) {
  folder.write(name + ".new", text);
  folder.rename(name + ".new", name);
  return folder / name;
}

std::vector<std::string> addresses(const TargetFiles& files) {
  std::vector<std::string> out;
  for (const auto& group : files.groups())
    out.insert(out.end(), group.addresses.begin(), group.addresses.end());
  return out;
}

}  // namespace

TEST_CASE("a target has what its job says", "[target]") {
  const auto outcome = made(job_named("node"), "web-1:9100", {{"rack", "7"}});
  REQUIRE(outcome.target.has_value());
  CHECK(outcome.target->url == "http://web-1:9100/metrics");
  CHECK(outcome.target->labels ==
        LabelSet{{"instance", "web-1:9100"}, {"job", "node"}, {"rack", "7"}});
  CHECK(outcome.discovered == LabelSet{{"__address__", "web-1:9100"},
                                       {"__metrics_path__", "/metrics"},
                                       {"__scheme__", "http"},
                                       {"__scrape_interval__", "1m"},
                                       {"__scrape_timeout__", "10s"},
                                       {"job", "node"},
                                       {"rack", "7"}});
  CHECK(outcome.target->interval == std::chrono::minutes(1));
  CHECK(outcome.target->timeout == std::chrono::seconds(10));
}

TEST_CASE("a prober is asked about its targets", "[target]") {
  JobConfig job = job_named("probe");
  job.metrics_path = "/probe";
  job.params = {{"module", {"http_2xx", "second"}}, {"a b", {"c&d"}}};
  job.relabel = {{.source_labels = {"__address__"}, .target_label = "__param_target"},
                 {.source_labels = {"__param_target"}, .target_label = "instance"},
                 {.target_label = "__address__", .replacement = "prober:9115"},
                 {.target_label = "__param_module", .replacement = "icmp"},
                 {.target_label = "__scrape_interval__", .replacement = "5s"},
                 {.target_label = "__scrape_timeout__", .replacement = "4s"}};
  const auto outcome = made(job, "https:__example.org");
  REQUIRE(outcome.target.has_value());
  CHECK(outcome.target->url ==
        "http://prober:9115/probe?a+b=c%26d&module=icmp&module=second&target=https%3A__example"
        ".org");
  CHECK(outcome.target->labels == LabelSet{{"instance", "https:__example.org"}, {"job", "probe"}});
  CHECK(outcome.target->interval == std::chrono::seconds(5));
  CHECK(outcome.target->timeout == std::chrono::seconds(4));
}

TEST_CASE("targets that cannot be are refused with the reason", "[target]") {
  const auto problem = [](std::vector<RelabelRule> rules) {
    JobConfig job = job_named("a");
    job.relabel = std::move(rules);
    const auto outcome = made(job, "a:1");
    CHECK_FALSE(outcome.target.has_value());
    return outcome.problem;
  };
  CHECK(problem({{.target_label = "__address__", .replacement = ""}}) == "no address");
  CHECK(problem({{.target_label = "__address__", .replacement = "a/b"}}) ==
        "\"a/b\" is not a valid hostname");
  CHECK(problem({{.target_label = "__scheme__", .replacement = "ftp"}}) ==
        "invalid scheme: \"ftp\"");
  CHECK(problem({{.target_label = "__scrape_timeout__", .replacement = "2m"}}) ==
        "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")");
  CHECK(problem({{.target_label = "__scrape_interval__", .replacement = "0s"}}) ==
        "scrape interval cannot be 0");
  CHECK(problem({{.target_label = "__scrape_interval__", .replacement = "290y"}}) ==
        "scrape interval cannot be longer than 1y");
  CHECK(problem({{.target_label = "__scrape_interval__", .replacement = "soon"}})
            .starts_with("error parsing scrape interval"));
  // Dropped is not wrong.
  CHECK(problem({{.action = RelabelAction::drop, .source_labels = {"job"}}}).empty());
}

TEST_CASE("a path is encoded, whatever is in it", "[target]") {
  JobConfig job = job_named("a");
  job.metrics_path = "me trics\r\nX: y?z%";
  CHECK(made(job, "a:1").target->url == "http://a:1/me%20trics%0D%0AX:%20y%3Fz%25");
}

TEST_CASE("equal targets are one, different ones differ", "[target]") {
  const JobConfig job = job_named("a");
  CHECK(made(job, "a:1").target->hash == made(job, "a:1").target->hash);
  CHECK(made(job, "a:1").target->hash != made(job, "a:2").target->hash);
  CHECK(made(job, "a:1").target->hash != made(job, "a:1", {{"b", "c"}}).target->hash);
  JobConfig faster = job;
  faster.interval = std::chrono::seconds(15);
  CHECK(made(job, "a:1").target->hash == made(faster, "a:1").target->hash);
}

TEST_CASE("ticks are an interval apart, spread by hash, the same after a restart", "[target]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 1'000; ++round) {
    const Duration interval = std::chrono::milliseconds(1 + random() % 100'000);
    const std::uint64_t hash = random();
    const Timestamp now = from_unix_ns(static_cast<std::int64_t>(random() % 4'000'000'000'000'000));
    const Timestamp tick = next_tick(now, hash, interval);
    CHECK(tick > now);
    CHECK(tick <= now + interval);
    CHECK(next_tick(tick, hash, interval) == tick + interval);
    CHECK(next_tick(tick - Duration{1}, hash, interval) == tick);
  }
}

TEST_CASE("files of targets are read when they change", "[target]") {
  const TempDir folder;
  write_file(folder, "a.json",
             R"([{"targets": ["a:1", "b:2"], "labels": {"env": "p\u00fc\ud83d\ude00"}}])");
  write_file(folder, "b.yml", "- targets: ['c:3']\n- targets: [d:4]\n  labels: {x: 1}\n");
  TargetFiles files({{{folder / "*.json", folder / "b.yml"}, std::chrono::hours(1)}});
  Timestamp now = from_unix_ns(1'700'000'000'000'000'000);
  CHECK(files.refresh(now));
  CHECK(addresses(files) == std::vector<std::string>{"a:1", "b:2", "c:3", "d:4"});
  CHECK(files.groups()[0].labels ==
        LabelSet{{"__meta_filepath", folder / "a.json"}, {"env", "pü😀"}});
  CHECK(files.groups()[2].labels.get("x") == "1");
  CHECK_FALSE(files.refresh(now));

  write_file(folder, "a.json", R"([{"targets": ["e:5"]}])");
  CHECK(files.refresh(now));
  CHECK(addresses(files) == std::vector<std::string>{"e:5", "c:3", "d:4"});

  // What is broken keeps what it had.
  write_file(folder, "a.json", "[{");
  CHECK_FALSE(files.refresh(now));
  CHECK(addresses(files).size() == 3);
  CHECK(files.failures().contains(folder / "a.json"));

  write_file(folder, "z.json", R"([{"targets": ["z:9"]}])");
  folder.remove("a.json");
  CHECK(files.refresh(now));
  CHECK(addresses(files) == std::vector<std::string>{"c:3", "d:4", "z:9"});
  CHECK(files.failures().empty());
}

TEST_CASE("files that cannot be read keep their targets", "[target]") {
  const TempDir folder;
  folder.make_dir("sub");
  write_file(folder, "a.json", R"([{"targets": ["a:1"]}])");
  write_file(folder, "sub/b.json", R"([{"targets": ["b:2"]}])");
  TargetFiles files({{{folder / "a.json", folder / "sub/*.json"}, std::chrono::hours(1)}});
  const Timestamp now = from_unix_ns(1'700'000'000'000'000'000);
  CHECK(files.refresh(now));

  // A folder opens like a file, but reading it fails.
  folder.remove("a.json");
  folder.make_dir("a.json");
  CHECK_FALSE(files.refresh(now));
  CHECK(files.failures().at(folder / "a.json").ends_with("cannot be read"));
  // One that leads to itself cannot be looked at.
  folder.remove("a.json");
  std::filesystem::create_symlink("a.json", folder / "a.json");
  folder.rename("sub", "aside");
  std::filesystem::create_symlink("sub", folder / "sub");
  CHECK_FALSE(files.refresh(now));
  CHECK(addresses(files) == std::vector<std::string>{"a:1", "b:2"});
  CHECK(files.failures().contains(folder / "a.json"));
  CHECK(files.failures().contains(folder / "sub/*.json"));

  folder.remove("sub");
  folder.rename("aside", "sub");
  folder.remove("a.json");
  CHECK(files.refresh(now));
  CHECK(addresses(files) == std::vector<std::string>{"b:2"});
  CHECK(files.failures().size() == 1);  // a.json, which is named and not there
}

TEST_CASE("a job has at most 1,000 files of targets", "[target]") {
  const TempDir folder;
  for (int i = 0; i < 1'005; ++i) folder.write(std::to_string(i) + ".json", "[]");
  TargetFiles files({{{folder / "*.json"}, std::chrono::hours(1)}});
  files.refresh(from_unix_ns(1'700'000'000'000'000'000));
  CHECK(files.failures().size() == 5);
}

TEST_CASE("files of targets that are wrong say where", "[target]") {
  const auto problem = [](const std::string& text, const std::string& path) {
    const auto groups = parse_target_file(text, path);
    return groups ? "none" : groups.error().message;
  };
  CHECK(problem("{}", "a.json") == "a.json: must be a list of groups");
  CHECK(problem("[1]", "a.json") == "a.json: each group must be an object");
  CHECK(problem(R"([{"targets": [1]}])", "a.json") == "a.json: targets and labels must be strings");
  CHECK(problem(R"([{"target": []}])", "a.json") == "a.json: unknown key \"target\"");
  CHECK(problem(R"([{"targets": ["a/b"]}])", "a.json") ==
        "a.json: \"a/b\" is not a valid hostname");
  CHECK(problem(R"([{"labels": {"a": 1}}])", "a.json") ==
        "a.json: targets and labels must be strings");
  CHECK(problem("- target: [a]\n", "a.yml").starts_with("a.yml:1:3: unknown key"));
  CHECK(problem("- a\n", "a.yml").starts_with("a.yml:1:3: each group must be a map"));
  CHECK(problem("[]", "a.json") == "none");
  CHECK(problem("", "a.yml") == "none");
}

TEST_CASE("redirects lead where RFC 3986 says", "[target]") {
  const std::string url = "http://a:1/x/metrics?y=1";
  CHECK(resolve_location(url, "https://b/z") == "https://b/z");
  CHECK(resolve_location(url, "//b/z") == "http://b/z");
  CHECK(resolve_location(url, "/z?q") == "http://a:1/z?q");
  CHECK(resolve_location(url, "z") == "http://a:1/x/z");
  CHECK(resolve_location("http://a:1", "z") == "http://a:1/z");
}

}  // namespace sluice::scrape
