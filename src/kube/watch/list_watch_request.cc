#include "kube/watch/list_watch_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "kube/rule_writer.h"

namespace migadapter::kube {
namespace {

constexpr std::string_view kReplicaSelector =
    "app.kubernetes.io/name=mig-adapter,app.kubernetes.io/component=webhook";

/// With "{}" where our own namespace belongs.
std::string_view path_of(WatchedKind kind) {
  switch (kind) {
    case WatchedKind::pods:
      return "/api/v1/pods";
    case WatchedKind::nodes:
      return "/api/v1/nodes";
    case WatchedKind::replica_sets:
      return "/apis/apps/v1/replicasets";
    case WatchedKind::stateful_sets:
      return "/apis/apps/v1/statefulsets";
    case WatchedKind::replication_controllers:
      return "/api/v1/replicationcontrollers";
    case WatchedKind::resource_quotas:
      return "/api/v1/resourcequotas";
    case WatchedKind::limit_ranges:
      return "/api/v1/limitranges";
    case WatchedKind::namespaces:
      return "/api/v1/namespaces";
    case WatchedKind::mig_policies:
      return "/apis/migadapter.io/v1alpha1/migpolicies";
    case WatchedKind::persistent_volume_claims:
      return "/api/v1/persistentvolumeclaims";
    case WatchedKind::persistent_volumes:
      return "/api/v1/persistentvolumes";
    case WatchedKind::csi_nodes:
      return "/apis/storage.k8s.io/v1/csinodes";
    case WatchedKind::device_classes:
      return "/apis/resource.k8s.io/v1/deviceclasses";
    case WatchedKind::jobs:
      return "/apis/batch/v1/jobs";
    case WatchedKind::mig_rules:
      return kRulesPath;
    case WatchedKind::replicas:
      return "/apis/coordination.k8s.io/v1/namespaces/{}/leases";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

/// RFC 3986 percent-encoding of a query's value.
std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    encoded += is_unreserved(c) ? std::string(1, c)
                                : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string path_of(const Collection& collection) {
  return fmt::format(fmt::runtime(path_of(collection.kind)), collection.name_space);
}

std::string selector_of(WatchedKind kind) {
  if (kind == WatchedKind::pods)
    return "&fieldSelector=" + percent_encoded("status.phase!=Succeeded,status.phase!=Failed");
  if (kind == WatchedKind::replicas) return "&labelSelector=" + percent_encoded(kReplicaSelector);
  return "";
}

HttpRequest get(std::string path, base::Millis idle_timeout) {
  HttpRequest request;
  request.path = std::move(path);
  request.idle_timeout = idle_timeout;
  return request;
}

}  // namespace

std::string_view to_string(WatchedKind kind) {
  const std::string_view path = path_of(kind);
  return path.substr(path.rfind('/') + 1);
}

bool is_optional(WatchedKind kind) {
  return kind == WatchedKind::device_classes;  // since Kubernetes 1.34
}

HttpRequest list_request(const Collection& collection, const std::string& continue_token) {
  std::string path =
      fmt::format("{}?limit={}{}", path_of(collection), kPageSize, selector_of(collection.kind));
  if (!continue_token.empty()) path += "&continue=" + percent_encoded(continue_token);
  return get(std::move(path), kSilentList);
}

HttpRequest watch_request(const Collection& collection, const std::string& resource_version,
                          int seconds) {
  return get(
      fmt::format("{}?watch=1&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}{}",
                  path_of(collection), percent_encoded(resource_version), seconds,
                  selector_of(collection.kind)),
      kSilentWatch);
}

base::Millis BackOff::next(base::MonotonicTime now, base::Rng& random) {
  constexpr base::Millis kFirst{800};
  constexpr base::Millis kLongest{30'000};
  constexpr base::Millis kForgotten{120'000};
  const bool afresh = !last_failure_ || now - *last_failure_ > kForgotten;
  wait_ = afresh ? kFirst : std::min(2 * wait_, kLongest);
  last_failure_ = now;
  return wait_ + base::Millis(random.below(static_cast<std::uint64_t>(wait_.count())));
}

}  // namespace migadapter::kube
