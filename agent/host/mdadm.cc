// node_md_*: software RAID, /proc/mdstat.
#include <algorithm>
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

struct Raid {
  std::string name;
  std::string_view state = "inactive";
  double active = 0;    // disks in use
  double required = 0;  // disks of the complete array
  double failed = 0;
  double spare = 0;
  double down = 0;
  double blocks = 0;
  double synced = 0;
};

constexpr std::array<std::string_view, 5> raid_states = {"active", "check", "inactive",
                                                         "recovering", "resync"};

// "md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]"
void read_raid_head(const std::vector<std::string_view>& fields, Raid& raid) {
  raid.name = fields[0];
  raid.state = fields[2] == "active" ? "active" : "inactive";
  double disks = 0;
  for (std::size_t i = 3; i < fields.size(); ++i) {
    if (fields[i].find('[') == std::string_view::npos) continue;
    ++disks;
    raid.failed += fields[i].ends_with("(F)") ? 1 : 0;
    raid.spare += fields[i].ends_with("(S)") ? 1 : 0;
  }
  raid.active = raid.required = disks - raid.failed - raid.spare;  // unless the next line tells
}

// "[2/1]", two numbers around a slash.
std::optional<std::pair<double, double>> ratio_of(std::string_view text, char open, char close) {
  if (text.size() < 2 || text.front() != open || text.back() != close) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto first = to_number(text.substr(0, slash));
  const auto second = to_number(text.substr(slash + 1));
  return first && second ? std::optional(std::pair(*first, *second)) : std::nullopt;
}

// "195310144 blocks super 1.2 [2/1] [U_]"
void read_raid_status(const std::vector<std::string_view>& fields, Raid& raid) {
  raid.blocks = raid.synced = to_number(fields[0]).value_or(0);
  for (std::size_t i = 2; i < fields.size(); ++i) {
    if (const auto disks = ratio_of(fields[i], '[', ']')) {
      raid.required = disks->first;
      raid.active = disks->second;
      if (i + 1 < fields.size())
        raid.down =
            static_cast<double>(std::count(fields[i + 1].begin(), fields[i + 1].end(), '_'));
    }
  }
}

// "[=>...]  recovery =  8.5% (16775552/195310144) finish=17.0min", "resync=DELAYED"
void read_raid_progress(std::string_view line, Raid& raid) {
  const auto has = [line](std::string_view word) { return line.find(word) != line.npos; };
  if (has("recovery") || has("reshape"))
    raid.state = "recovering";
  else if (has("check"))
    raid.state = "check";
  else if (has("resync"))
    raid.state = "resync";
  else
    return;
  if (has("DELAYED") || has("PENDING")) raid.synced = 0;
  for (const auto field : split_fields(line))
    if (const auto done = ratio_of(field, '(', ')')) raid.synced = done->first;
}

void emit_raid(const Raid& raid, Families& out) {
  const std::string device = raid.name;
  const auto disks = [&](const char* state, double count) {
    out.gauge("node_md_disks", "Disks of an array in each state.", count,
              {{"device", device}, {"state", state}});
  };
  out.gauge("node_md_blocks", "Blocks of an array.", raid.blocks, {{"device", device}});
  out.gauge("node_md_blocks_synced", "Blocks of an array that are in sync.", raid.synced,
            {{"device", device}});
  disks("active", raid.active);
  disks("down", raid.down);
  disks("failed", raid.failed);
  disks("spare", raid.spare);
  out.gauge("node_md_disks_required", "Disks of the complete array.", raid.required,
            {{"device", device}});
  for (const auto state : raid_states)
    out.gauge("node_md_state", "1 for the state that an array is in.", raid.state == state ? 1 : 0,
              {{"device", device}, {"state", std::string(state)}});
}

}  // namespace

Result<void> parse_mdstat(std::string_view text, Families& out) {
  std::optional<Raid> raid;
  const auto finish = [&] {
    if (raid) emit_raid(*raid, out);
    raid.reset();
  };
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    const bool head = !fields.empty() && line.front() != ' ' && line.front() != '\t';
    if (fields.empty() || head) finish();
    if (head && fields[0] != "Personalities" && fields[0] != "unused") {
      if (fields.size() < 3 || fields[1] != ":")
        return malformed("mdstat", "odd line `" + std::string(line) + "`");
      read_raid_head(fields, raid.emplace());
    } else if (raid && fields.size() > 1 && fields[1] == "blocks") {
      read_raid_status(fields, *raid);
    } else if (raid && !head) {
      read_raid_progress(line, *raid);
    }
  }
  finish();
  return {};
}

Collector mdadm_collector(const HostRoots& roots) {
  return {"mdadm", [path = roots.proc + "/mdstat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_mdstat(text, out);
          }};
}

}  // namespace sluice::agent
