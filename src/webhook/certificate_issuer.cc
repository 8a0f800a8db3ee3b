// The half of certificates.h that makes certificates.
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>

#include "webhook/certificates.h"
#include "webhook/openssl_pem.h"

namespace migadapter::webhook {
namespace {

using ExtensionPointer = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using NamesPointer = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;
using OctetsPointer = std::unique_ptr<ASN1_OCTET_STRING, OpensslFree<ASN1_OCTET_STRING_free>>;

constexpr const char* kAuthorityName = "mig-adapter webhook CA";
constexpr const char* kLeafName = "mig-adapter webhook";

/// RFC 5280 section 4.1.2.2: positive, at most 20 octets; this many random bits need no register of
/// what was given out.
constexpr int kSerialBits = 127;

void set_serial(X509& certificate) {
  const NumberPointer number(BN_new());
  MIGADAPTER_CHECK(BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  MIGADAPTER_CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) !=
                   nullptr);
}

void set_validity(X509& certificate, Validity validity) {
  using std::chrono::system_clock;
  ASN1_TIME_set(X509_getm_notBefore(&certificate), system_clock::to_time_t(validity.begin));
  ASN1_TIME_set(X509_getm_notAfter(&certificate), system_clock::to_time_t(validity.end));
}

void set_common_name(X509_NAME& name, const char* text) {
  MIGADAPTER_CHECK(X509_NAME_add_entry_by_txt(&name, "CN", MBSTRING_UTF8,
                                              reinterpret_cast<const unsigned char*>(text), -1, -1,
                                              0) == 1);
}

/// A version 3 certificate with everything but its extensions, issuer and signature.
CertificatePointer draft(EVP_PKEY& key, const char* name, Validity validity) {
  CertificatePointer certificate(X509_new());
  MIGADAPTER_CHECK(certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  set_serial(*certificate);
  set_validity(*certificate, validity);
  set_common_name(*X509_get_subject_name(certificate.get()), name);
  MIGADAPTER_CHECK(X509_set_pubkey(certificate.get(), &key) == 1);
  return certificate;
}

/// Adds an extension by OpenSSL's configuration text. `value` is a constant of ours, never input.
void add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionPointer extension(X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
  MIGADAPTER_CHECK(extension != nullptr);
  MIGADAPTER_CHECK(X509_add_ext(&certificate, extension.get(), -1) == 1);
}

void sign(X509& certificate, X509& issuer, EVP_PKEY& key) {
  X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
  MIGADAPTER_CHECK(X509_sign(&certificate, &key, EVP_sha256()) > 0);
}

bool is_dns_name(const std::string& host) {
  constexpr std::size_t kMostBytes = 253;
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '*';
  };
  return !host.empty() && host.size() <= kMostBytes &&
         std::all_of(host.begin(), host.end(), allowed);
}

/// The host as a subjectAltName; nullptr when it is neither an IP address nor a DNS name.
GENERAL_NAME* alternative_name(const std::string& host) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  MIGADAPTER_CHECK(name != nullptr);
  if (OctetsPointer address(a2i_IPADDRESS(host.c_str())); address != nullptr) {
    GENERAL_NAME_set0_value(name, GEN_IPADD, address.release());
    return name;
  }
  if (!is_dns_name(host)) {
    GENERAL_NAME_free(name);
    return nullptr;
  }
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  MIGADAPTER_CHECK(text != nullptr);
  ASN1_STRING_set(text, host.data(), static_cast<int>(host.size()));
  GENERAL_NAME_set0_value(name, GEN_DNS, text);
  return name;
}

base::Status add_alternative_names(X509& certificate, const std::vector<std::string>& hosts) {
  const NamesPointer names(sk_GENERAL_NAME_new_null());
  for (const std::string& host : hosts) {
    GENERAL_NAME* name = alternative_name(host);
    if (name == nullptr) {
      return base::Error(base::ErrorCode::invalid_argument,
                         "certificate host '" + host + "' is neither a DNS name nor an IP address");
    }
    sk_GENERAL_NAME_push(names.get(), name);
  }
  MIGADAPTER_CHECK(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1);
  return {};
}

KeyPointer new_key() {
  // EVP_EC_gen is a macro that casts a const away, which clang does not take.
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  MIGADAPTER_CHECK(key != nullptr);
  return key;
}

}  // namespace

base::Result<CertificateAuthority> make_certificate_authority(base::WallTime now,
                                                              base::Millis lifetime) {
  const KeyPointer key = new_key();
  const CertificatePointer authority =
      draft(*key, kAuthorityName, {now - kBackdating, now + lifetime});
  add_extension(*authority, *authority, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*authority, *authority, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*authority, *authority, NID_subject_key_identifier, "hash");
  sign(*authority, *authority, *key);
  return CertificateAuthority{to_pem(*authority), to_pem(*key)};
}

base::Result<ServerCertificate> issue_certificate(const CertificateAuthority& authority,
                                                  const std::vector<std::string>& hosts,
                                                  base::WallTime now, base::Millis lifetime) {
  MIGADAPTER_CHECK(!hosts.empty());
  const auto issuer = parse_certificates(authority.certificate_pem);
  const auto issuer_key = parse_private_key(authority.key_pem);
  if (!issuer || !issuer_key) {
    return (issuer ? issuer_key.error() : issuer.error()).with_context("the CA");
  }
  X509& signer = *issuer->front();
  const KeyPointer key = new_key();
  const base::WallTime end = std::min(now + lifetime, validity_of(signer).end);
  const CertificatePointer leaf = draft(*key, kLeafName, {now - kBackdating, end});
  if (auto named = add_alternative_names(*leaf, hosts); !named) {
    return named.error();
  }
  add_extension(*leaf, signer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*leaf, signer, NID_key_usage, "critical,digitalSignature");
  add_extension(*leaf, signer, NID_ext_key_usage, "serverAuth");
  add_extension(*leaf, signer, NID_subject_key_identifier, "hash");
  add_extension(*leaf, signer, NID_authority_key_identifier, "keyid:always");
  sign(*leaf, signer, **issuer_key);
  return ServerCertificate{to_pem(*leaf), to_pem(*key)};
}

}  // namespace migadapter::webhook
