#include "tests/base/http/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

#include "tests/support/temp_dir.h"

namespace sluice::http::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

Key make_key() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
  must(key != nullptr, "EC key");
  return key;
}

void add_extension(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  must(extension != nullptr, value);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

Cert make_cert(const std::string& name, EVP_PKEY* key, long serial) {
  Cert cert(X509_new(), &X509_free);
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 24L * 3600);
  X509_set_pubkey(cert.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return cert;
}

struct FileCloser {
  void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, FileCloser>;

void write_pem(const std::string& path, X509* cert) {
  const File file(std::fopen(path.c_str(), "w"));
  must(file != nullptr && PEM_write_X509(file.get(), cert) == 1, "writing a certificate");
}

void write_pem(const std::string& path, EVP_PKEY* key) {
  const File file(std::fopen(path.c_str(), "w"));
  must(file != nullptr &&
           PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "writing a key");
}

}  // namespace

struct CertificateAuthority::Impl {
  TempDir directory;
  Key key = make_key();
  Cert cert{nullptr, &X509_free};
  long next_serial = 2;
};

CertificateAuthority::CertificateAuthority(const std::string& name)
    : impl_(std::make_unique<Impl>()) {
  impl_->cert = make_cert(name, impl_->key.get(), 1);
  X509* cert = impl_->cert.get();
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(cert, cert, NID_key_usage, "critical,keyCertSign");
  must(X509_sign(cert, impl_->key.get(), EVP_sha256()) != 0, "signing");
  write_pem(cert_file(), cert);
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::cert_file() const {
  return impl_->directory / "ca.pem";
}

KeyPair CertificateAuthority::issue(const std::string& name, const std::string& san) const {
  const Key key = make_key();
  const Cert cert = make_cert(name, key.get(), impl_->next_serial++);
  X509_set_issuer_name(cert.get(), X509_get_subject_name(impl_->cert.get()));
  add_extension(cert.get(), impl_->cert.get(), NID_subject_alt_name, san.c_str());
  must(X509_sign(cert.get(), impl_->key.get(), EVP_sha256()) != 0, "signing");
  KeyPair pair{impl_->directory / (name + ".pem"), impl_->directory / (name + ".key")};
  write_pem(pair.cert_file, cert.get());
  write_pem(pair.key_file, key.get());
  return pair;
}

}  // namespace sluice::http::test
