// core/v1 Secret, one by name: read, created, replaced.
// https://kubernetes.io/docs/concepts/configuration/secret/
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

/// What we write carries this label; what does not is not ours to change.
inline constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kManagedByUs = "mig-adapter";

struct Secret {
  std::string resource_version{};             ///< empty: not yet created
  bool is_ours = false;                       ///< by kManagedByLabel
  std::map<std::string, std::string> data{};  ///< as bytes, not base64
};

struct SecretName {
  std::string name_space;
  std::string name;
};

/// Calls that block for at most kSecretTimeout; thread-safe.
inline constexpr base::Millis kSecretTimeout{5'000};

/// Errors: not_found, forbidden, unavailable and so on as the API server says; invalid_argument
/// where its answer cannot be read. No error quotes the data.
base::Result<Secret> read_secret(HttpTransport& transport, const SecretName& name);

/// Creates the Secret where `secret.resource_version` is empty, else replaces that very version,
/// with the label that says it is ours. Errors: already_exists, conflict when another was quicker.
base::Status write_secret(HttpTransport& transport, const SecretName& name, const Secret& secret);

/// The body to create or replace it with.
std::string encode_secret(const SecretName& name, const Secret& secret);

/// Errors: invalid_argument naming the field. Never quotes a value.
base::Result<Secret> decode_secret(std::string_view body);

}  // namespace migadapter::kube
