#include "base/http/auth.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/http/text.h"

namespace sluice::http {

namespace {

Result<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, "cannot read token file " + path};
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  return std::string(trim(content));
}

Result<TokenOptions> load_token(TokenOptions token) {
  const std::string where = "token \"" + token.name + "\"";
  if (token.token.empty() == token.token_file.empty()) {
    return invalid_argument(where + ": give exactly one of token and token_file");
  }
  if (!token.token_file.empty()) {
    SLUICE_TRY(token.token, read_secret(token.token_file));
  }
  if (token.token.empty()) return invalid_argument(where + ": the secret is empty");
  for (const auto& tenant : token.tenants) {
    if (!valid_tenant(TenantId{tenant})) {
      return invalid_argument(where + ": \"" + tenant + "\" is not a tenant name");
    }
  }
  return token;
}

// Takes the same time wherever two secrets of one length differ.
bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The credential of "Bearer <token>"; the scheme compares without case (RFC 9110 11.1).
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((authorization[i] | 0x20) != (scheme[i] | 0x20)) return {};
  }
  return trim(authorization.substr(scheme.size()));
}

Result<TenantId> parse_tenant(std::string_view scope_org) {
  TenantId tenant{std::string(scope_org)};
  if (!valid_tenant(tenant)) {
    return invalid_argument("X-Scope-OrgID \"" + tenant.value + "\" is not a tenant name");
  }
  return tenant;
}

Result<TenantId> bound_tenant(const TokenOptions& token, std::string_view scope_org) {
  if (scope_org.empty() && token.tenants.size() == 1) return TenantId{token.tenants.front()};
  SLUICE_TRY(auto tenant, scope_org.empty() ? Result<TenantId>(default_tenant())
                                            : parse_tenant(scope_org));
  const bool bound = !token.tenants.empty();
  if (bound && std::find(token.tenants.begin(), token.tenants.end(), tenant.value) ==
                   token.tenants.end()) {
    return Error{ErrorCode::forbidden,
                 "token \"" + token.name + "\" may not act for tenant \"" + tenant.value + "\""};
  }
  return tenant;
}

}  // namespace

Result<Authenticator> Authenticator::load(const AuthOptions& options) {
  Authenticator loaded;
  for (const auto& token : options.tokens) {
    SLUICE_TRY(auto complete, load_token(token));
    for (const auto& other : loaded.tokens_) {
      if (same_secret(other.token, complete.token)) {
        return invalid_argument("tokens \"" + other.name + "\" and \"" + complete.name +
                                "\" have the same secret");
      }
    }
    loaded.tokens_.push_back(std::move(complete));
  }
  return loaded;
}

Result<Identity> Authenticator::identify(std::string_view authorization,
                                         std::string_view scope_org) const {
  if (open()) {
    if (scope_org.empty()) return Identity{};
    SLUICE_TRY(auto tenant, parse_tenant(scope_org));
    return Identity{Role::admin, std::move(tenant), ""};
  }
  const std::string_view secret = bearer_token(authorization);
  const TokenOptions* known = nullptr;
  for (const auto& token : tokens_) {
    // No early exit: which token matched must not show in the time taken.
    if (same_secret(token.token, secret)) known = &token;
  }
  if (known == nullptr) {
    return Error{ErrorCode::unauthenticated,
                 authorization.empty() ? "a bearer token is required" : "unknown bearer token"};
  }
  SLUICE_TRY(auto tenant, bound_tenant(*known, scope_org));
  return Identity{known->role, std::move(tenant), known->name};
}

bool allows(Role have, Role need) {
  return need == Role::none || have == Role::admin || have == need;
}

}  // namespace sluice::http
