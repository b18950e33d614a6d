// GroupSet: the file groups of the configuration, compiled. Says which group a path belongs to and
// which labels its lines carry. Immutable; shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/config/options.h"
#include "agent/tail/glob.h"

namespace sluice::agent {

struct CompiledGroup {
  FileGroup options;
  std::vector<Glob> paths;
  std::vector<Glob> exclude;
};

class GroupSet {
 public:
  // `host` is the value of the label `host`; `labels` go on every stream.
  GroupSet(const std::vector<FileGroup>& groups, LabelSet labels, std::string host);

  const std::vector<CompiledGroup>& groups() const { return groups_; }
  // The first group with a matching path and no matching exclude; null: none.
  const CompiledGroup* match(std::string_view path) const;
  static bool excluded(const CompiledGroup& group, std::string_view path);
  // {host, job, filename, service_name} and what is configured.
  LabelSet labels(const CompiledGroup* group, const std::string& filename) const;

 private:
  std::vector<CompiledGroup> groups_;
  LabelSet labels_;
  std::string host_;
};

// The directory below /var/log if there is one ("/var/log/nginx/error.log": "nginx"), else the
// file's name up to its first dot ("/srv/pay.log": "pay").
std::string service_name_of(std::string_view path);

// The machine's host name; "localhost" if it has none.
std::string host_name();

}  // namespace sluice::agent
