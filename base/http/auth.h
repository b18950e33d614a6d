// Static bearer tokens: who may call what, for which tenant.
//
// A token has one Role (ingest < read are separate, admin is both and more) and may be bound to
// tenants; X-Scope-OrgID outside the binding is 403, and a token bound to exactly one tenant needs
// no header. Tokens are compared in constant time and never logged. No tokens configured: open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace sluice::http {

struct TokenOptions {
  std::string name;         // shown in logs in place of the token
  std::string token;        // the secret itself, or
  std::string token_file;   // a file whose trimmed content is the secret
  Role role = Role::read;
  std::vector<std::string> tenants;  // empty: any
};

struct AuthOptions {
  std::vector<TokenOptions> tokens;
  // Paths that need no token: /-/healthy, /-/ready, /ready.
};

struct Identity {
  Role role = Role::admin;
  TenantId tenant = default_tenant();
  std::string name;
};

// Loaded tokens; immutable, shared between threads.
class Authenticator {
 public:
  static Result<Authenticator> load(const AuthOptions& options);
  // authorization: the header's value; scope_org: X-Scope-OrgID's. 401/403/400 as Error.
  Result<Identity> identify(std::string_view authorization, std::string_view scope_org) const;
  bool open() const { return tokens_.empty(); }

 private:
  std::vector<TokenOptions> tokens_;
};

bool allows(Role have, Role need);

}  // namespace sluice::http
