#include "webhook/authority_set.h"

#include "kube/codec/timestamp.h"
#include "webhook/certificate_bundle.h"

namespace migadapter::webhook {
namespace {

constexpr const char* kRetired = "retired.crt";
constexpr const char* kRetiredUntil = "retired-until";

std::string text_of(const SecretData& data, const std::string& key) {
  const auto found = data.find(key);
  return found == data.end() ? std::string() : found->second;
}

void encode(const std::optional<CertificateAuthority>& authority, const std::string& name,
            SecretData& into) {
  if (authority) {
    into[name + ".crt"] = authority->certificate_pem;
    into[name + ".key"] = authority->key_pem;
  }
}

/// Nothing where there is neither certificate nor key.
base::Status decode(const SecretData& data, const std::string& name,
                    std::optional<CertificateAuthority>& into) {
  CertificateAuthority authority{text_of(data, name + ".crt"), text_of(data, name + ".key")};
  if (authority.certificate_pem.empty() && authority.key_pem.empty()) {
    return {};
  }
  if (const base::Status sound = check_authority(authority); !sound) {
    return sound.error().with_context(name + ".crt and " + name + ".key");
  }
  into = std::move(authority);
  return {};
}

base::Status decode_retired(const SecretData& data, AuthoritySet& into) {
  into.retired_pem = text_of(data, kRetired);
  if (into.retired_pem.empty()) {
    return {};
  }
  const auto until = kube::parse_timestamp(text_of(data, kRetiredUntil));
  if (!until) {
    return until.error().with_context(kRetiredUntil);
  }
  into.retired_until = *until;
  return {};
}

std::string certificate_of(const std::optional<CertificateAuthority>& authority) {
  return authority ? authority->certificate_pem : std::string();
}

}  // namespace

std::string bundle_of(const AuthoritySet& authorities) {
  return join_bundles({certificate_of(authorities.signing), certificate_of(authorities.next),
                       authorities.retired_pem});
}

SecretData encode_authorities(const AuthoritySet& authorities) {
  SecretData data;
  encode(authorities.signing, "tls", data);
  encode(authorities.next, "next", data);
  data["ca.crt"] = bundle_of(authorities);
  if (!authorities.retired_pem.empty()) {
    data[kRetired] = authorities.retired_pem;
    data[kRetiredUntil] = kube::to_timestamp(authorities.retired_until);
  }
  return data;
}

base::Result<AuthoritySet> decode_authorities(const SecretData& data) {
  AuthoritySet authorities;
  for (const base::Status& read :
       {decode(data, "tls", authorities.signing), decode(data, "next", authorities.next),
        decode_retired(data, authorities)}) {
    if (!read) {
      return read.error();
    }
  }
  if (!authorities.signing && !authorities.next) {
    return base::Error(base::ErrorCode::invalid_argument,
                       "holds no certificate authority (tls.crt and tls.key)");
  }
  return authorities;
}

}  // namespace migadapter::webhook
