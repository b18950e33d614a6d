#include "agent/tail/checkpoint.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/types/labels.h"

namespace sluice::agent {
namespace {

constexpr std::string_view magic = "sluice-agent-checkpoint v1";

void append_hex16(std::string& out, std::uint64_t v) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back(hex[(v >> shift) & 15U]);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=").append(value);
}

template <class I>
void append_number(std::string& out, std::string_view name, I value) {
  append_field(out, name, std::to_string(value));
}

void append_digest(std::string& out, std::string_view name, const Digest& d) {
  append_field(out, name, std::to_string(d.length) + ":");
  append_hex16(out, d.hash);
}

void append_source(std::string& out, const SourceRecord& r) {
  out += "source";
  append_field(out, "id", r.id);
  append_number(out, "dev", r.print.id.device);
  append_number(out, "ino", r.print.id.inode);
  append_number(out, "birth", r.print.id.birth_ns);
  append_digest(out, "head", r.print.head);
  append_digest(out, "anchor", r.print.anchor);
  append_number(out, "acked", r.acked);
  append_number(out, "size", r.size);
  append_field(out, "phase", to_string(r.phase));
  append_field(out, "gap", r.gap ? "1" : "0");
  append_number(out, "gone", r.gone_since);
  append_field(out, "name", "");
  append_quoted(out, r.name);
  append_field(out, "path", "");
  append_quoted(out, r.path);
  out += "\n";
}

// Reads the fields of one line from left to right; the first failure sticks.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  void expect(std::string_view text) {
    if (!rest_.starts_with(text)) return fail();
    rest_.remove_prefix(text.size());
  }
  std::string_view word() {  // up to a space, a colon or the end
    const auto end = std::min(rest_.find_first_of(" :"), rest_.size());
    const auto w = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (w.empty()) fail();
    return w;
  }
  template <class I>
  I number(int base = 10) {
    const auto w = word();
    I value{};
    const auto [end, ec] = std::from_chars(w.data(), w.data() + w.size(), value, base);
    if (ec != std::errc{} || end != w.data() + w.size()) fail();
    return value;
  }
  Digest digest() {
    Digest d;
    d.length = number<std::uint32_t>();
    expect(":");
    if (rest_.substr(0, rest_.find(' ')).size() != 16) fail();
    d.hash = number<std::uint64_t>(16);
    if (d.length > head_limit) fail();
    return d;
  }
  std::string quoted() {
    auto text = unquote_front(rest_);
    if (text) return std::move(*text);
    fail();
    return {};
  }
  bool done() const { return ok_ && rest_.empty(); }
  void fail() { ok_ = false; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool is_source_id(std::string_view id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<Phase> phase_from(std::string_view text) {
  for (const auto p : {Phase::live, Phase::draining, Phase::lost, Phase::done})
    if (text == to_string(p)) return p;
  return std::nullopt;
}

void read_identity(LineReader& in, SourceRecord& r) {
  in.expect("source id=");
  r.id = in.word();
  if (!is_source_id(r.id)) in.fail();
  in.expect(" dev=");
  r.print.id.device = in.number<std::uint64_t>();
  in.expect(" ino=");
  r.print.id.inode = in.number<std::uint64_t>();
  in.expect(" birth=");
  r.print.id.birth_ns = in.number<std::int64_t>();
  in.expect(" head=");
  r.print.head = in.digest();
  in.expect(" anchor=");
  r.print.anchor = in.digest();
}

void read_progress(LineReader& in, SourceRecord& r) {
  in.expect(" acked=");
  r.acked = in.number<std::uint64_t>();
  in.expect(" size=");
  r.size = in.number<std::uint64_t>();
  in.expect(" phase=");
  const auto phase = phase_from(in.word());
  if (!phase) in.fail();
  r.phase = phase.value_or(Phase::live);
  in.expect(" gap=");
  const auto gap = in.word();
  if (gap != "0" && gap != "1") in.fail();
  r.gap = gap == "1";
  in.expect(" gone=");
  r.gone_since = in.number<std::int64_t>();
}

Result<SourceRecord> read_source(std::string_view line) {
  LineReader in(line);
  SourceRecord r;
  read_identity(in, r);
  read_progress(in, r);
  in.expect(" name=");
  r.name = in.quoted();
  in.expect(" path=");
  r.path = in.quoted();
  if (r.print.anchor.length > r.acked) in.fail();
  if (!in.done()) return Error{ErrorCode::corrupt, "checkpoint: bad line: " + std::string(line)};
  return r;
}

Error corrupt(std::string_view what) {
  return {ErrorCode::corrupt, "checkpoint: " + std::string(what)};
}

// Splits off the last line, checks its checksum, and returns the count it states.
Result<std::size_t> check_end(std::string_view text, std::string_view& body) {
  if (!text.ends_with('\n')) return corrupt("truncated: no final line");
  const auto start = text.rfind('\n', text.size() - 2);
  if (text.size() < 2 || start == std::string_view::npos) return corrupt("truncated");
  body = text.substr(0, start + 1);
  LineReader in(text.substr(start + 1, text.size() - start - 2));
  in.expect("end ");
  const auto count = in.number<std::size_t>();
  in.expect(" ");
  const auto sum = in.number<std::uint64_t>(16);
  if (!in.done()) return corrupt("truncated: the last line is not `end`");
  if (sum != XXH3_64bits(body.data(), body.size())) return corrupt("checksum differs");
  return count;
}

std::string_view take_line(std::string_view& body) {
  const auto end = body.find('\n');
  const auto line = body.substr(0, end);
  body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  return line;
}

Result<void> read_preamble(std::string_view& body, Checkpoint& out) {
  if (take_line(body) != magic) return corrupt("first line is not `" + std::string(magic) + "`");
  LineReader seq(take_line(body));
  seq.expect("seq ");
  out.sequence = seq.number<std::uint64_t>();
  if (!seq.done()) return corrupt("bad `seq` line");
  LineReader agent(take_line(body));
  agent.expect("agent ");
  out.agent = AgentId{std::string(agent.word())};
  if (!agent.done()) return corrupt("bad `agent` line");
  return {};
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  std::string out(magic);
  out +=
      "\nseq " + std::to_string(checkpoint.sequence) + "\nagent " + checkpoint.agent.value + "\n";
  for (const auto& source : checkpoint.sources) append_source(out, source);
  const auto sum = XXH3_64bits(out.data(), out.size());
  out += "end " + std::to_string(checkpoint.sources.size()) + " ";
  append_hex16(out, sum);
  out += "\n";
  return out;
}

Result<Checkpoint> decode_checkpoint(std::string_view text) {
  std::string_view body;
  SLUICE_TRY(const auto count, check_end(text, body));
  Checkpoint out;
  SLUICE_CHECK(read_preamble(body, out));
  while (!body.empty()) {
    SLUICE_TRY(auto source, read_source(take_line(body)));
    out.sources.push_back(std::move(source));
  }
  if (out.sources.size() != count) return corrupt("the count of sources differs");
  return out;
}

}  // namespace sluice::agent
