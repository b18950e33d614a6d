// What the processes of a cgroup tell: how many they are, since when, their descriptors, and the
// network they see.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/family.h"

namespace sluice::agent {

// Process ids of cgroup.procs; at most 4,096.
std::vector<std::string> processes_of(const std::string& cgroup_directory);
// The first process in a cgroup or in one of the first 64 below it; empty: none.
std::string first_process(const std::string& cgroup_directory);

// When the oldest of these processes began, unix seconds; at most 16 are looked at.
std::optional<double> oldest_start(const std::string& proc, const std::vector<std::string>& pids);
// Open descriptors of all; nullopt if this user may not see those of any.
std::optional<double> open_descriptors(const std::string& proc,
                                       const std::vector<std::string>& pids);
// "net:[4026531840]"; empty if this user may not ask.
std::string network_namespace(const std::string& proc, const std::string& pid);
// container_network_* of the interfaces that the process sees.
void emit_network(const std::string& proc, const std::string& pid, const LabelSet& labels,
                  Families& out);

}  // namespace sluice::agent
