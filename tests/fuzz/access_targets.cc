#include <chrono>

#include "base/check.h"
#include "kube/codec/timestamp.h"
#include "kube/credentials/exec_credential.h"
#include "kube/credentials/kubeconfig_file.h"
#include "kube/lease_record.h"
#include "targets.h"

namespace migadapter::fuzz {

/// Any text is a kubeconfig or a refusal that names the file.
void fuzz_kubeconfig(std::string_view input) {
  const auto parsed = kube::parse_kubeconfig(std::string(input), "/fuzz/config");
  MIGADAPTER_CHECK(parsed.ok() || parsed.error().message().starts_with("/fuzz/config: "));
}

/// What a plugin printed gives an identity or a refusal.
void fuzz_exec_credential(std::string_view input) {
  const auto credential = kube::decode_exec_credential(input, "client.authentication.k8s.io/v1");
  if (!credential.ok()) return;
  const kube::Identity& identity = credential->identity;
  MIGADAPTER_CHECK(!identity.bearer_token.empty() || identity.certificate.has_value());
}

/// A Lease that was read is the same when it is written and read again.
void fuzz_lease(std::string_view input) {
  const auto record = kube::decode_lease(input);
  if (!record.ok()) return;
  const auto again = kube::decode_lease(kube::encode_lease("team", "lease", *record));
  MIGADAPTER_CHECK(again.ok() && *again == *record);
}

/// A time that was read is the same when it is written and read again.
void fuzz_timestamp(std::string_view input) {
  const auto time = kube::parse_timestamp(input);
  if (!time.ok()) return;
  const auto exact = kube::parse_timestamp(kube::to_micro_timestamp(*time));
  MIGADAPTER_CHECK(exact.ok() && *exact == *time);
  const auto rounded = kube::parse_timestamp(kube::to_timestamp(*time));
  MIGADAPTER_CHECK(rounded.ok() && *time - *rounded < std::chrono::seconds(1));
}

}  // namespace migadapter::fuzz
