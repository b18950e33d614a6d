// Text files of metrics: what is taken over, and what makes a file count for nothing.
#include "agent/host/textfile.h"

#include <catch2/catch_test_macros.hpp>

#include "agent/host/collector.h"
#include "agent/host/remote_write_encode.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

constexpr std::size_t plenty = 1000;

Families collect_textfiles(const std::string& directory) {
  HostRoots roots;
  roots.textfiles = directory;
  Families out;
  REQUIRE(textfile_collector(roots).collect(out).has_value());
  return out;
}

bool mentions(const Families& families, std::string_view text) {
  return to_text(families).find(text) != std::string::npos;
}

std::string refusal(std::string_view text, std::size_t max_samples = plenty) {
  Families out;
  TextfileReader reader(max_samples);
  const auto done = reader.add("x.prom", text, out);
  CHECK(out.size() == 0);
  return done ? "" : done.error().message;
}

}  // namespace

TEST_CASE("families of a text file keep name, type, help and labels", "[textfile]") {
  Families out;
  TextfileReader reader(plenty);
  const std::string text =
      "# HELP job_seconds How long\n# TYPE job_seconds histogram\n"
      "job_seconds_bucket{le=\"1\"} 2\njob_seconds_bucket{le=\"+Inf\"} 3\n"
      "job_seconds_sum 4.5\njob_seconds_count 3\n"
      "# TYPE sizes summary\nsizes{quantile=\"0.5\"} 1\nsizes_sum 2\nsizes_count 1\n"
      "# TYPE done_total counter\ndone_total{a=\"b \\\"c\\\"\"} 7\nplain_sum NaN\n";
  REQUIRE(reader.add("/d/x.prom", text, out).has_value());
  CHECK(to_text(out) ==
        "# HELP job_seconds How long\n# TYPE job_seconds histogram\n"
        "job_seconds_bucket{le=\"1\"} 2\njob_seconds_bucket{le=\"+Inf\"} 3\n"
        "job_seconds_sum 4.5\njob_seconds_count 3\n"
        "# HELP sizes Metric read from /d/x.prom\n# TYPE sizes summary\n"
        "sizes{quantile=\"0.5\"} 1\nsizes_sum 2\nsizes_count 1\n"
        "# HELP done_total Metric read from /d/x.prom\n# TYPE done_total counter\n"
        "done_total{a=\"b \\\"c\\\"\"} 7\n"
        "# HELP plain_sum Metric read from /d/x.prom\n# TYPE plain_sum untyped\nplain_sum NaN\n");
  const auto shipped = encode_write(out, {{"job", "node"}}, 1).at(0).protobuf;
  CHECK(shipped.find("job_seconds_bucket") != std::string::npos);
  CHECK(shipped.find("sizes_count") != std::string::npos);
}

TEST_CASE("a text file counts as a whole or not at all, and is told why", "[textfile]") {
  CHECK(refusal("a 1\nb{ 2\n").find("line 2") != std::string::npos);
  CHECK(refusal("a 1 1700000000000\n").find("timestamp") != std::string::npos);
  CHECK(refusal("a 1\na 2\n").find("twice") != std::string::npos);
  CHECK(refusal("{\"a.b\"} 1\n").find("a.b") != std::string::npos);
  CHECK(refusal("a{\"x.y\"=\"1\"} 1\n").find("x.y") != std::string::npos);
  CHECK(refusal("a 1\nb 2\nc 3\n", 2).find("more than") != std::string::npos);
  CHECK(refusal("").empty());
}

TEST_CASE("files do not contradict each other", "[textfile]") {
  Families out;
  TextfileReader reader(plenty);
  REQUIRE(reader.add("1.prom", "# TYPE a counter\na{x=\"1\"} 1\n", out).has_value());
  REQUIRE(reader.add("2.prom", "# TYPE a counter\na{x=\"2\"} 1\n", out).has_value());
  CHECK(reader.add("3.prom", "a{x=\"1\"} 5\n", out).has_error());
  CHECK(reader.add("4.prom", "# TYPE a gauge\na{x=\"4\"} 5\n", out).has_error());
  CHECK(out.sample_count() == 2);
}

TEST_CASE("a directory of text files", "[textfile]") {
  TempDir dir;
  dir.write("a.prom", "a 1\n");
  dir.write("b.prom", "b 2\nbroken{\n");
  dir.write("c.txt", "c 3\n");
  const auto both = collect_textfiles(dir.path());
  CHECK(mentions(both, "\na 1\n"));
  CHECK_FALSE(mentions(both, "\nb 2\n"));
  CHECK_FALSE(mentions(both, "c 3"));
  CHECK(mentions(both, "node_textfile_mtime_seconds{file=\"" + dir.path() + "/a.prom\"}"));
  CHECK_FALSE(mentions(both, "node_textfile_mtime_seconds{file=\"" + dir.path() + "/b.prom\"}"));
  CHECK(mentions(both, "sluice_agent_textfile_error{file=\"" + dir.path() + "/b.prom\"} 1"));
  CHECK(mentions(both, "\nnode_textfile_scrape_error 1\n"));
  dir.write("b.prom", "b 2\n");
  const auto good = collect_textfiles(dir.path());
  CHECK(mentions(good, "\nb 2\n"));
  CHECK(mentions(good, "\nnode_textfile_scrape_error 0\n"));
  CHECK_FALSE(mentions(good, "sluice_agent_textfile_error"));
}

TEST_CASE("a file too large, and a directory that is not there", "[textfile]") {
  TempDir dir;
  dir.write("a.prom", std::string(5 << 20, '\n'));
  CHECK(mentions(collect_textfiles(dir.path()), "\nnode_textfile_scrape_error 1\n"));
  CHECK(mentions(collect_textfiles(dir.path() + "/no"), "\nnode_textfile_scrape_error 1\n"));
  HostRoots roots;  // nothing was asked for, so nothing is missing
  roots.root = dir.path();
  Families out;
  REQUIRE(textfile_collector(roots).collect(out).has_value());
  CHECK(mentions(out, "\nnode_textfile_scrape_error 0\n"));
}

}  // namespace sluice::agent
