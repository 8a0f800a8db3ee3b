// Who a bearer token belongs to, and what its owner may do: asked of the API server, as its own
// components do for their endpoints.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

struct TokenOwner {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
  friend bool operator==(const TokenOwner&, const TokenOwner&) = default;
};

/// Calls that block for at most kAccessTimeout; thread-safe. Errors: as the API server says; none
/// quotes the token.
inline constexpr base::Millis kAccessTimeout{5'000};

/// Nothing where the API server does not know the token.
/// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
base::Result<std::optional<TokenOwner>> owner_of_token(HttpTransport& transport,
                                                       const std::string& token);

/// Whether the owner may GET a path that is no resource, such as /metrics.
/// https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
base::Result<bool> may_get_path(HttpTransport& transport, const TokenOwner& owner,
                                const std::string& path);

/// The bodies of both, and what their answers mean.
std::string encode_token_review(const std::string& token);
base::Result<std::optional<TokenOwner>> decode_token_review(std::string_view answer);
std::string encode_path_review(const TokenOwner& owner, const std::string& path);
base::Result<bool> decode_path_review(std::string_view answer);

}  // namespace migadapter::kube
