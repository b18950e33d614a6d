#include "tests/daemon/storage/columns/line_samples.h"

namespace sluice::test {

namespace {

std::string number(std::mt19937_64& random, std::uint64_t limit) {
  return std::to_string(random() % limit);
}

std::string padded(std::mt19937_64& random, std::uint64_t limit, std::size_t width) {
  const std::string digits = number(random, limit);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string hex(std::mt19937_64& random, std::size_t width) {
  std::string out;
  while (out.size() < width) out += "0123456789abcdef"[random() % 16];
  return out;
}

std::string_view word(std::mt19937_64& random) {
  constexpr std::string_view words[] = {
      "alice", "bob",        "error", "GET",  "f\xC3\xBCr", "caf\xE9",     "token",
      "",      "a b \\\" c", "x=1",   "it's", "null",       "\xE2\x82\xAC"};
  return words[random() % std::size(words)];
}

std::string clock(std::mt19937_64& random) {
  return padded(random, 24, 2) + ":" + padded(random, 60, 2) + ":" + padded(random, 60, 2);
}

std::string text(std::mt19937_64& random) {
  switch (random() % 5) {
    case 0:
      return "Nov " + std::string(random() % 2, ' ') + number(random, 32) + " " + clock(random) +
             " host-" + number(random, 9) + " sshd[" + number(random, 30000) + "]: user " +
             std::string(word(random)) + " from 10.0." + number(random, 256) + "." +
             number(random, 256) + " port " + number(random, 65536);
    case 1:
      return "10.0.0." + number(random, 256) + " - - [07/Nov/2026:" + clock(random) +
             " +0000] \"GET /" + hex(random, 8) + " HTTP/1.1\" 200 " + number(random, 100000);
    case 2:
      return "2026-11-" + padded(random, 31, 2) + "T" + clock(random) + "." +
             padded(random, 1000, 3) + "Z ERROR [" + std::string(word(random)) +
             "] took=" + number(random, 900) + ".5ms id=" + hex(random, 8) + "-" + hex(random, 4) +
             "-" + hex(random, 4) + "-" + hex(random, 4) + "-" + hex(random, 12);
    case 3:
      return "081109 203615 " + number(random, 500) + " INFO dfs.DataNode: block blk_" +
             (random() % 2 ? "-" : "") + number(random, ~0ULL) + " of size " + number(random, 9999);
    default:
      return "kernel: eth0 aa:0" + number(random, 9) + ":cc:" + hex(random, 2) +
             ":ee:ff via fe80::" + hex(random, 4) + " '" + std::string(word(random)) + "' rc=-" +
             number(random, 9);
  }
}

std::string json(std::mt19937_64& random) {
  const std::string space(random() % 8 == 0, ' ');
  std::string out = "{" + space + "\"ts\":\"2026-11-07T" + clock(random) + "Z\",\"level\":\"info\"";
  if (random() % 2)
    out += "," + space + "\"user\":" + space + "\"" + std::string(word(random)) + "\"";
  if (random() % 2) out += ",\"http\":{\"status\":" + number(random, 600) + ",\"ok\":true}";
  if (random() % 3 == 0) out += ",\"tags\":[1, \"a]\", {\"k\":null}],\"took\":-1.5e3";
  if (random() % 4 == 0) out += ",\"e\":{},\"s\":\"\\u00e9\\n\"";
  if (random() % 8 == 0) out += ",\"level\":\"twice\"";
  return out + space + "}" + space;
}

std::string logfmt(std::mt19937_64& random) {
  std::string out =
      "ts=2026-11-07T" + clock(random) + "Z level=info user=" + std::string(word(random));
  if (random() % 2) out += " msg=\"" + std::string(word(random)) + " done\"";
  if (random() % 2) out += " took=" + number(random, 900) + "ms";
  if (random() % 4 == 0) out += " retried";
  return out;
}

}  // namespace

std::string random_bytes(std::mt19937_64& random, std::size_t longest) {
  std::string out(random() % (longest + 1), '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

std::string random_syntax(std::mt19937_64& random, std::size_t longest) {
  constexpr std::string_view bytes = "0123456789abcfz_-.:/=\"'\\{}[],  TZ+\xC3\xA9\t\r";
  std::string out(random() % (longest + 1), '\0');
  for (char& c : out) c = bytes[random() % bytes.size()];
  return out;
}

std::string sample_line(std::mt19937_64& random) {
  const auto kind = random() % 8;
  std::string line = kind < 4 ? text(random) : kind < 6 ? json(random) : logfmt(random);
  const auto damage = random() % 16;
  if (damage == 0) line.resize(random() % (line.size() + 1));
  if (damage == 1 && !line.empty()) line[random() % line.size()] = static_cast<char>(random());
  if (damage == 2) line.insert(random() % (line.size() + 1), random_syntax(random, 4));
  return line;
}

}  // namespace sluice::test
