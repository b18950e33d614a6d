// Certificates made for a test: an authority, and leaves signed by it, as PEM files in a directory
// of their own that is removed at the end.
#pragma once

#include <memory>
#include <string>

namespace sluice::http::test {

struct KeyPair {
  std::string cert_file;
  std::string key_file;
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  std::string cert_file() const;
  // san: "DNS:localhost,IP:127.0.0.1"
  KeyPair issue(const std::string& name, const std::string& san) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http::test
