// node_systemd_*: units, sockets and timers, asked over D-Bus.
#include "agent/host/systemd.h"

#include <algorithm>
#include <array>
#include <map>

#include "agent/host/collector.h"
#include "agent/host/dbus_client.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"

namespace sluice::agent {
namespace {

constexpr std::chrono::seconds time_limit{5};
constexpr std::size_t most_units = 8192;
constexpr std::array<std::string_view, 5> unit_states = {"active", "activating", "deactivating",
                                                         "inactive", "failed"};
const std::string manager_name = "org.freedesktop.systemd1";
const std::string manager_path = "/org/freedesktop/systemd1";

using Values = std::vector<std::optional<DbusValue>>;

// What is asked of a unit, by the end of its name, and what becomes of the answer.
enum class Shown { as_type, as_counter, as_gauge, as_seconds };
struct Property {
  std::string_view suffix;
  std::string_view interface;
  std::string_view name;
  Shown shown;
  std::string_view family;
  std::string_view help;
};
constexpr std::array<Property, 6> unit_properties = {{
    {".service", "Service", "Type", Shown::as_type, "", ""},
    {".service", "Service", "NRestarts", Shown::as_counter, "node_systemd_service_restart_total",
     "Automatic restarts of a service."},
    {".socket", "Socket", "NAccepted", Shown::as_counter,
     "node_systemd_socket_accepted_connections_total", "Connections that a socket accepted."},
    {".socket", "Socket", "NConnections", Shown::as_gauge,
     "node_systemd_socket_current_connections", "Open connections of a socket."},
    {".socket", "Socket", "NRefused", Shown::as_gauge,
     "node_systemd_socket_refused_connections_total", "Connections that a socket refused."},
    {".timer", "Timer", "LastTriggerUSec", Shown::as_seconds,
     "node_systemd_timer_last_trigger_seconds", "When a timer was last triggered, unix seconds."},
}};

DbusCall get(std::string path, std::string interface, std::string_view name) {
  return {manager_name,
          std::move(path),
          "org.freedesktop.DBus.Properties",
          "Get",
          {std::move(interface), std::string(name)}};
}

// A property that this systemd does not have, or of a unit that is gone, is not there.
std::optional<DbusValue> value_of(const DbusMessage& answer) {
  if (answer.type != DbusType::answer) return std::nullopt;
  auto value = decode_dbus_variant(answer);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

std::string text_of(const std::optional<DbusValue>& value) {
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text ? *text : std::string();
}

std::optional<double> number_of(const std::optional<DbusValue>& value) {
  const auto* number = value ? std::get_if<std::uint64_t>(&*value) : nullptr;
  return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

void emit_manager(const Values& answers, Families& out) {
  const auto version = text_of(answers[0]);
  const auto state = text_of(answers[1]);
  const auto machine = text_of(answers[2]);
  out.gauge("node_systemd_version", "The version of systemd.", systemd_version_number(version),
            {{"version", version}});
  if (!state.empty())
    out.gauge("node_systemd_system_running", "1 if the system is up and no unit has failed.",
              state == "running" ? 1 : 0);
  out.gauge("node_systemd_virtualization_info", "What virtualizes this machine; none if nothing.",
            1, {{"virtualization_type", machine.empty() ? "none" : machine}});
}

void emit_summary(const std::vector<SystemdUnit>& units, Families& out) {
  std::map<std::string_view, double> count;
  for (const auto& u : units) ++count[u.active_state];
  for (const auto state : unit_states)
    out.gauge("node_systemd_units", "Units in each state.", count[state],
              {{"state", std::string(state)}});
}

// The first max_units by name, so that it is always the same ones that are shown.
std::vector<SystemdUnit> choose(std::vector<SystemdUnit> units, std::size_t max_units,
                                Families& out) {
  std::erase_if(units, [](const SystemdUnit& u) {
    return u.load_state != "loaded" || !reported_unit(u.name);
  });
  std::sort(units.begin(), units.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto dropped = units.size() - std::min(units.size(), max_units);
  units.resize(units.size() - dropped);
  out.gauge("sluice_agent_systemd_units_dropped", "Units that are too many to be reported.",
            static_cast<double>(dropped));
  return units;
}

void emit_states(const SystemdUnit& unit, const std::string& type, Families& out) {
  for (const auto state : unit_states)
    out.gauge("node_systemd_unit_state", "1 for the state that a unit is in.",
              unit.active_state == state ? 1 : 0,
              {{"name", unit.name}, {"state", std::string(state)}, {"type", type}});
}

void emit_property(const Property& p, const SystemdUnit& unit, double value, Families& out) {
  constexpr double microseconds = 1e6;
  const LabelSet labels{{"name", unit.name}};
  if (p.shown == Shown::as_counter) return out.counter(p.family, p.help, value, labels);
  const bool time = p.shown == Shown::as_seconds;
  out.gauge(p.family, p.help, time ? value / microseconds : value, labels);
}

// Calls for all units, and whose each of them is.
struct Questions {
  std::vector<DbusCall> calls;
  std::vector<std::pair<std::size_t, const Property*>> about;  // unit, property
};

Questions questions_of(const std::vector<SystemdUnit>& units) {
  Questions q;
  for (std::size_t i = 0; i < units.size(); ++i) {
    for (const auto& p : unit_properties) {
      if (!units[i].name.ends_with(p.suffix)) continue;
      q.calls.push_back(get(units[i].path, manager_name + "." + std::string(p.interface), p.name));
      q.about.emplace_back(i, &p);
    }
  }
  return q;
}

Result<void> emit_units(const DbusAsk& ask, const std::vector<SystemdUnit>& units, Families& out) {
  const auto questions = questions_of(units);
  SLUICE_TRY(const auto answers, ask(questions.calls));
  std::vector<std::string> types(units.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& [unit, property] = questions.about[i];
    const auto value = value_of(answers[i]);
    if (property->shown == Shown::as_type)
      types[unit] = text_of(value);
    else if (const auto number = number_of(value))
      emit_property(*property, units[unit], *number, out);
  }
  for (std::size_t i = 0; i < units.size(); ++i) emit_states(units[i], types[i], out);
  return {};
}

// The bus; where there is none, systemd's own socket, which only root may use.
Result<DbusClient> connect(const HostRoots& roots, DbusClient::Deadline deadline) {
  const auto bus =
      roots.system_bus.empty() ? roots.root + "/run/dbus/system_bus_socket" : roots.system_bus;
  auto client = DbusClient::connect(bus, DbusClient::Peer::bus, deadline);
  if (client || !roots.system_bus.empty()) return client;
  auto own =
      DbusClient::connect(roots.root + "/run/systemd/private", DbusClient::Peer::service, deadline);
  return own ? std::move(own) : std::move(client);
}

}  // namespace

bool reported_unit(std::string_view name) {
  for (const std::string_view suffix : {".automount", ".device", ".mount", ".scope", ".slice"})
    if (name.ends_with(suffix)) return false;
  return true;
}

double systemd_version_number(std::string_view version) {
  constexpr std::size_t least_digits = 3;
  const auto digits_from = [version](std::size_t at) {
    while (at < version.size() && is_digit(version[at])) ++at;
    return at;
  };
  for (std::size_t begin = 0; begin < version.size(); ++begin) {
    auto end = digits_from(begin);
    if (end - begin < least_digits) {
      begin = end;
      continue;
    }
    const auto fraction = end < version.size() && version[end] == '.' ? digits_from(end + 1) : end;
    if (fraction > end + 1) end = fraction;
    return to_number(version.substr(begin, end - begin)).value_or(0);
  }
  return 0;
}

Result<void> collect_systemd(const DbusAsk& ask, std::size_t max_units, Families& out) {
  const auto of_manager = manager_name + ".Manager";
  SLUICE_TRY(const auto answers, ask({get(manager_path, of_manager, "Version"),
                                      get(manager_path, of_manager, "SystemState"),
                                      get(manager_path, of_manager, "Virtualization"),
                                      {manager_name, manager_path, of_manager, "ListUnits", {}}}));
  if (answers[3].type != DbusType::answer)
    return Error{ErrorCode::unavailable,
                 "systemd does not list its units: " + answers[3].error_name};
  SLUICE_TRY(auto units, decode_dbus_units(answers[3]));
  emit_manager({value_of(answers[0]), value_of(answers[1]), value_of(answers[2])}, out);
  emit_summary(units, out);
  return emit_units(ask, choose(std::move(units), max_units, out), out);
}

Collector systemd_collector(const HostRoots& roots) {
  return {"systemd", [roots](Families& out) -> Result<void> {
            const auto deadline = std::chrono::steady_clock::now() + time_limit;
            SLUICE_TRY(auto client, connect(roots, deadline));
            return collect_systemd([&](const auto& calls) { return client.call(calls); },
                                   most_units, out);
          }};
}

}  // namespace sluice::agent
