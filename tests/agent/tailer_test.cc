// The tailer over real files: what survives which accident.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/tail_fixture.h"

namespace sluice::agent::test {
namespace {

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines arrive once, with labels of their file", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\ntwo\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two"});
  const auto& labels = t.server.lines.at(0).labels;
  CHECK(labels.get("filename") == t.logs / "logs/app.log");
  CHECK(labels.get("job") == "files");
  CHECK(labels.get("host") == "host");
  CHECK(labels.get("service_name") == "app");
}

TEST_CASE("a line without end is held until its end appears", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\ntw");
  t.settle();
  CHECK(t.server.texts() == Lines{"one"});
  t.append("app.log", "o\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two"});
}

TEST_CASE("any bytes are lines", "[tailer]") {
  TailFixture t;
  const std::string odd("\xff\xfe\0x\x80", 5);
  t.write("app.log", odd + "\n\n\r\n" + std::string("a\rb\n"));
  t.settle();
  CHECK(t.server.texts() == Lines{odd, "", "", "a\rb"});
}

TEST_CASE("a renamed file is read to its end and the new one from its start", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.append("app.log", "two\n");
  t.rename("app.log", "app.log.1");
  t.write("app.log", "three\n");
  t.append("app.log.1", "late\n");
  t.settle();
  auto texts = t.server.texts();
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Lines{"late", "one", "three", "two"});
  CHECK(t.server.lost_bytes() == 0);
}

TEST_CASE("a file renamed while the agent is down is found by its inode", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.stop();
  t.append("app.log", "two\nno end");
  t.rename("app.log", "elsewhere.1");
  t.write("app.log", "three\n");
  t.start();
  t.settle();
  auto texts = t.server.texts();
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Lines{"no end", "one", "three", "two"});
}

TEST_CASE("a rename within the glob goes on where it was", "[tailer]") {
  TailFixture t("*.log*");
  t.write("app.log", "one\ntwo\n");
  t.settle();
  t.rename("app.log", "app.log.1");
  t.write("app.log", "three\n");
  t.append("app.log.1", "four\n");
  t.settle();
  t.restart();
  t.settle();
  auto texts = t.server.texts();
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Lines{"four", "one", "three", "two"});
}

TEST_CASE("a deleted file is read to its end from the open descriptor", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.append("app.log", "two\nthree");
  t.remove("app.log");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two", "three"});
  CHECK(t.agent_metrics->lost_deleted.value() == 0);
}

TEST_CASE("a file deleted unread while the agent is down is recorded as lost", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.append("app.log", "two\n");
  t.server.fault = [](const Batch&) {
    return Outcome{OutcomeKind::retry_server, {}, {}, 0, "down"};
  };
  t.step();
  t.stop();
  t.remove("app.log");
  t.server.fault = nullptr;
  t.start();
  t.settle();
  CHECK(t.server.texts() == Lines{"one"});
  CHECK(t.server.loss_markers() == 1);
  CHECK(t.server.lost_bytes() == 4);
  CHECK(t.agent_metrics->lost_deleted.value() == 4);
  t.restart();
  t.settle();
  CHECK(t.server.loss_markers() == 1);
}

TEST_CASE("a truncated file starts a new generation", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\ntwo\n");
  t.settle();
  t.truncate("app.log");
  t.settle();
  t.append("app.log", "a\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two", "a"});
  CHECK(t.server.lost_bytes() == 0);
}

TEST_CASE("a file rewritten past the old offset is read from its start", "[tailer]") {
  for (const bool down : {false, true}) {
    TailFixture t;
    t.write("app.log", "one\ntwo\n");
    t.settle();
    if (down) t.stop();
    t.write("app.log", "alpha\nbeta\ngamma\ndelta\n");
    if (down) t.start();
    t.settle();
    CHECK(t.server.texts() == Lines{"one", "two", "alpha", "beta", "gamma", "delta"});
  }
}

TEST_CASE("a file rewritten to the same size is read from its start", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\ntwo\n");
  t.settle();
  t.write("app.log", "six\nten\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two", "six", "ten"});
}

TEST_CASE("what copytruncate took away is read from the copy", "[tailer]") {
  for (const std::string glob : {"*.log", "*.log*"}) {
    for (const bool down : {false, true}) {
      CAPTURE(glob, down);
      TailFixture t(glob);
      t.write("app.log", "the first line of the log\nthe second line\n");
      t.settle();
      if (down) t.stop();
      t.append("app.log", "unread\n");
      t.copy("app.log", "app.log.1");
      t.truncate("app.log");
      t.append("app.log", "fresh\n");
      if (down) t.start();
      t.settle();
      auto texts = t.server.texts();
      std::sort(texts.begin(), texts.end());
      CHECK(texts == Lines{"fresh", "the first line of the log", "the second line", "unread"});
      CHECK(t.server.lost_bytes() == 0);
      t.restart();
      t.settle();
      CHECK(t.server.texts().size() == 4);
    }
  }
}

TEST_CASE("a copy made by copytruncate is not read again when nothing was unread", "[tailer]") {
  TailFixture t("*.log*");
  t.write("app.log", "the first line of the log\nthe second line\n");
  t.settle();
  t.copy("app.log", "app.log.1");
  t.truncate("app.log");
  t.append("app.log", "fresh\n");
  for (int i = 0; i < 3; ++i) t.settle();
  t.restart();
  t.settle();
  CHECK(t.server.texts().size() == 3);
}

TEST_CASE("a file renamed out of the globs before it was ever seen is read", "[tailer]") {
  TailFixture t;
  t.settle();
  for (int i = 1; i <= 3; ++i) {
    t.write("app.log", "generation " + std::to_string(i) + "\n");
    t.rename("app.log", "app.log." + std::to_string(i));
  }
  t.rename("app.log.3", "app.old");
  t.settle();
  CHECK(t.server.texts().size() == 3);
  CHECK(t.server.lines.front().labels.get("filename") == t.logs / "logs/app.log");
}

TEST_CASE("a copy beside a living file is not a new file", "[tailer]") {
  TailFixture t("*.log*");
  t.write("app.log", "the first line of the log\nthe second line\n");
  t.settle();
  t.copy("app.log", "app.log.bak");
  t.settle();
  t.append("app.log", "more\n");
  t.settle();
  CHECK(t.server.texts().size() == 3);
  t.append("app.log.bak", "a life of its own\n");
  t.settle();
  CHECK(t.server.texts().size() == 6);
}

TEST_CASE("a file that shares its header with a shorter one is not its copy", "[tailer]") {
  TailFixture t("*.log*");
  t.write("app.log", "# a header that every file begins with\n");
  t.settle();
  t.write("app.log.1", "# a header that every file begins with\nold\n");
  t.settle();
  CHECK(t.server.texts().size() == 3);
}

TEST_CASE("a copy is not read while it is being made", "[tailer]") {
  TailFixture t("*.log*");
  const std::string text(5000, 'x');
  t.write("app.log", text + "\n" + text + "\n");
  t.settle();
  t.write("app.log.1", "");
  t.settle();
  t.append("app.log.1", text + "\n");
  t.settle();
  t.append("app.log.1", text + "\n");
  t.settle();
  t.truncate("app.log");
  t.settle();
  CHECK(t.server.texts().size() == 2);
}

TEST_CASE("two living files with the same content are two files", "[tailer]") {
  TailFixture t;
  const std::string same = "# header of both files, long enough to be a proof\nline\n";
  t.write("a.log", same);
  t.write("b.log", same);
  t.settle();
  CHECK(t.server.texts().size() == 4);
}

TEST_CASE("hard and symbolic links to a file are one file", "[tailer]") {
  TailFixture t;
  t.write("a.log", "one\n");
  std::filesystem::create_hard_link(t.logs / "logs/a.log", t.logs / "logs/b.log");
  std::filesystem::create_symlink(t.logs / "logs/a.log", t.logs / "logs/c.log");
  t.settle();
  CHECK(t.server.texts() == Lines{"one"});
}

TEST_CASE("bytes truncated before they were read are declared lost", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.server.fault = [](const Batch&) {
    return Outcome{OutcomeKind::retry_server, {}, {}, 0, "down"};
  };
  t.append("app.log", "two\n");
  t.settle();
  t.append("app.log", "three\n");
  t.settle();
  t.truncate("app.log");
  t.settle();
  t.append("app.log", "four\n");
  t.server.fault = nullptr;
  for (int i = 0; i < 5; ++i) t.settle();
  const auto texts = t.server.texts();
  CHECK(texts.front() == "one");
  CHECK(texts.back() == "four");
  const auto arrived = texts.size() > 2 ? 4 + 6 : 0;  // the batch that was in memory, if any
  CHECK(t.server.lost_bytes() + static_cast<std::uint64_t>(arrived) == 10);
  CHECK(t.server.loss_markers() == (t.server.lost_bytes() > 0 ? 1 : 0));
}

TEST_CASE("long lines come in marked parts", "[tailer]") {
  TailFixture t;
  t.stop();
  t.tail.max_line = 1024;
  t.tail.batch_bytes = 2048;
  t.start();
  t.write("app.log", std::string(5000, 'x') + "\nshort\n");
  t.settle();
  std::string joined;
  for (const auto& line : t.server.lines)
    if (line.part != LinePart::whole) joined += line.text;
  CHECK(joined == std::string(5000, 'x'));
  CHECK(t.server.lines.front().part == LinePart::first);
  CHECK(t.server.texts().back() == "short");
  CHECK(t.server.lines.back().part == LinePart::whole);
  CHECK(t.agent_metrics->long_lines.value() == 5);
}

TEST_CASE("many files cost few descriptors", "[tailer]") {
  TailFixture t;
  t.stop();
  t.tail.max_open_files = 8;
  t.start();
  for (int i = 0; i < 300; ++i) t.write("f" + std::to_string(i) + ".log", "line\n");
  t.settle();
  for (int i = 0; i < 20; ++i) t.settle();
  CHECK(t.server.texts().size() == 300);
  t.step(std::chrono::seconds(5));
  CHECK(t.tailer->sources().open_files() <= 8);
}

TEST_CASE("files in new directories are found", "[tailer]") {
  TailFixture t("**/*.log");
  t.settle();
  t.logs.make_dir("logs/a/b");
  t.write("a/b/deep.log", "deep\n");
  t.write("top.log", "top\n");
  t.settle();
  auto texts = t.server.texts();
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Lines{"deep", "top"});
}

TEST_CASE("excluded and compressed files are left alone", "[tailer]") {
  TailFixture t("*");
  t.group.exclude = {t.logs / "logs/secret*"};
  t.restart();
  t.write("secret.log", "no\n");
  t.write("app.log.gz", "no\n");
  t.write("app.log", "yes\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"yes"});
}

TEST_CASE("once takes a line without end and is then done", "[tailer]") {
  TailFixture t;
  t.write("app.log", "one\ntwo");
  t.settle_once();
  CHECK(t.server.texts() == Lines{"one", "two"});
}

TEST_CASE("a file that cannot be read does not stop the others", "[tailer]") {
  TailFixture t;
  t.write("bad.log", "no\n");
  t.write("good.log", "yes\n");
  std::filesystem::remove(t.logs / "logs/bad.log");
  std::filesystem::create_symlink(t.logs / "logs", t.logs / "logs/bad.log");
  t.settle();
  CHECK(t.server.texts() == Lines{"yes"});
}

}  // namespace sluice::agent::test
