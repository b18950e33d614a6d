// Every key of agent.yaml, with its default and meaning: the table that the reference in
// docs/guide/agent.md is checked against.
#pragma once

#include <string>
#include <vector>

namespace sluice::agent {

struct ConfigKey {
  std::string name;      // "tail.batch_age"; list items as "files[].paths"
  std::string standard;  // default, as one would write it
  std::string meaning;
};

const std::vector<ConfigKey>& config_keys();

}  // namespace sluice::agent
