#include "decide/namespace_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "mig/profile.h"

namespace migadapter::decide {
namespace {

using cluster::LimitRange;
using cluster::Pod;
using cluster::QuotaAmount;
using cluster::ResourceBounds;
using cluster::ResourceList;
using cluster::ResourceQuota;
using cluster::Snapshot;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(LimitReason reason) {
  switch (reason) {
    case LimitReason::within_limits:
      return {"WithinLimits", "No ResourceQuota or LimitRange of the namespace is in the way."};
    case LimitReason::quota_exceeded:
      return {"QuotaExceeded",
              "A ResourceQuota of the namespace has no room for the changed pod beside the pods "
              "that exist, still terminate or are to come."};
    case LimitReason::quota_unknown:
      return {"QuotaUnknown",
              "Whether a ResourceQuota of the namespace has room for the changed pod cannot be "
              "said: it has a scope or resource that is not modelled, or its status is missing."};
    case LimitReason::quota_evaded:
      return {"QuotaEvaded",
              "The demanded MIG resource has a ResourceQuota and the larger one has none, so the "
              "upgrade would get around it; add a quota for the larger one."};
    case LimitReason::limit_range:
      return {"LimitRange",
              "A LimitRange of the namespace would reject the changed pod, or change it again."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

/// A limit of the pod, or a device class: what a pod is charged for it, we do not know.
bool is_unknown_charge(const base::Name& resource) {
  return resource.view().starts_with("limits.") ||
         resource.view().find(".deviceclass.resource.k8s.io/") != std::string_view::npos;
}

std::int64_t charge_of(const ResourceList& requests, const base::Name& resource) {
  return resource == "pods" ? 1 : requests.of(resource.view());
}

/// Whether the pod is charged no more when its replacement is created: it never ran, so that it is
/// gone at once, or its owner waits for its end.
bool leaves_first(const Pod& pod) {
  if (!pod.bound()) return true;
  return pod.owner && (pod.owner->kind == cluster::OwnerKind::stateful_set ||
                       pod.owner->kind == cluster::OwnerKind::job);
}

/// What the pods of moves under way will be charged when they are created, less what goes before.
std::int64_t charge_to_come(const Snapshot& snapshot, const ResourceQuota& quota,
                            const base::Name& resource) {
  std::int64_t sum = 0;
  for (const auto& [rule_id, promise] : snapshot.promises()) {
    const bool elsewhere = promise.pod && promise.pod->name_space != quota.name_space;
    if (elsewhere || snapshot.has_pod_of_rule(rule_id)) continue;
    sum += charge_of(promise.requests, resource);
    const Pod* replaced = promise.pod ? snapshot.find_pod(promise.pod->replaces) : nullptr;
    const bool still_charged = replaced != nullptr && leaves_first(*replaced);
    if (still_charged) sum -= charge_of(replaced->requests, resource);
  }
  return sum;
}

/// What the pods in our view are charged; the quota's own count may be behind it.
std::int64_t charge_seen(const Snapshot& snapshot, const ResourceQuota& quota,
                         const base::Name& resource) {
  std::int64_t sum = 0;
  for (const auto& [pods, requests] : snapshot.charged_in(quota.name_space)) {
    if (charges(quota, pods) == true) sum += requests.of(resource.view());
  }
  return sum;
}

/// One quota and the pod that is to be charged to it.
class QuotaCheck {
 public:
  QuotaCheck(const Snapshot& snapshot, const ResourceQuota& quota, const Regrant& regrant)
      : snapshot_(snapshot), quota_(quota), regrant_(regrant) {}

  LimitVerdict run() const {
    const std::optional<bool> charged = charges(quota_, regrant_.pod.quota_class);
    if (charged == false) return {};
    for (const QuotaAmount& amount : quota_.amounts) {
      const bool unsure = !charged && grows(amount.resource);
      LimitVerdict answer = unsure ? verdict(LimitReason::quota_unknown, amount) : check(amount);
      if (!answer.ok()) return answer;
    }
    return {};
  }

 private:
  bool grows(const base::Name& resource) const {
    return charge_of(regrant_.requests, resource) > released(resource);
  }

  std::int64_t released(const base::Name& resource) const {
    return leaves_first(regrant_.pod) ? charge_of(regrant_.pod.requests, resource) : 0;
  }

  LimitVerdict check(const QuotaAmount& amount) const {
    const base::Name& resource = amount.resource;
    const bool unknown = is_unknown_charge(resource);
    if (unknown && !leaves_first(regrant_.pod)) return verdict(LimitReason::quota_unknown, amount);
    const std::int64_t own = charge_of(regrant_.requests, resource);
    if (own == 0 && !unknown) return {};
    if (!amount.used) return verdict(LimitReason::quota_unknown, amount);
    const std::int64_t charged = std::max(*amount.used, charge_seen(snapshot_, quota_, resource)) +
                                 charge_to_come(snapshot_, quota_, resource);
    const bool fits = charged - released(resource) + own <= amount.hard;
    return fits ? LimitVerdict{} : verdict(LimitReason::quota_exceeded, amount);
  }

  LimitVerdict verdict(LimitReason reason, const QuotaAmount& amount) const {
    const std::string used = amount.used ? std::to_string(*amount.used) : "an unknown number";
    return {reason, fmt::format("ResourceQuota {}: {} of {} {} are used", quota_.name, used,
                                amount.hard, amount.resource.view())};
  }

  const Snapshot& snapshot_;
  const ResourceQuota& quota_;
  const Regrant& regrant_;
};

bool names(const ResourceQuota& quota, const base::Name& resource) {
  return std::any_of(quota.amounts.begin(), quota.amounts.end(),
                     [&](const QuotaAmount& amount) { return amount.resource == resource; });
}

/// An administrator who limits the demanded resource alone has not thought of what we give instead.
LimitVerdict check_evasion(const cluster::NamespaceLimits& limits, const Regrant& regrant) {
  if (regrant.grant == regrant.demand) return {};
  std::string limited_by;
  for (const auto& [uid, quota] : limits.quotas) {
    const std::optional<bool> charged = charges(quota, regrant.pod.quota_class);
    if (charged == true && names(quota, regrant.grant)) return {};
    if (charged != false && names(quota, regrant.demand)) limited_by = quota.name;
  }
  if (limited_by.empty()) return {};
  return {LimitReason::quota_evaded,
          fmt::format("ResourceQuota {} names {}, none names {}", limited_by, regrant.demand.view(),
                      regrant.grant.view())};
}

bool is_within(const ResourceBounds& bounds, std::int64_t amount) {
  return amount >= bounds.least.value_or(amount) && amount <= bounds.most.value_or(amount);
}

/// A MIG resource that the changed pod does not ask for would be added to it, or missed.
bool admits(const ResourceBounds& bounds, const Regrant& regrant) {
  if (!mig::is_mig_resource(bounds.resource.view())) return true;
  if (bounds.resource != regrant.grant) return false;
  if (bounds.whole_pod) return is_within(bounds, regrant.requests.of(bounds.resource.view()));
  const cluster::MigRequests& requests = regrant.mig_requests;
  const bool all_ask = std::ssize(requests) == regrant.pod.containers;
  return all_ask && std::all_of(requests.begin(), requests.end(), [&](const auto& request) {
           return is_within(bounds, request.count);
         });
}

LimitVerdict check_range(const LimitRange& range, const Regrant& regrant) {
  for (const ResourceBounds& bounds : range.bounds) {
    if (admits(bounds, regrant)) continue;
    return {LimitReason::limit_range,
            fmt::format("LimitRange {}, {} of a {}", range.name, bounds.resource.view(),
                        bounds.whole_pod ? "Pod" : "Container")};
  }
  return {};
}

}  // namespace

std::string_view to_string(LimitReason reason) {
  return text_of(reason).word;
}

std::string_view explain(LimitReason reason) {
  return text_of(reason).sentence;
}

LimitVerdict check_limits(const Snapshot& snapshot, const Regrant& regrant) {
  const cluster::NamespaceLimits& limits = snapshot.limits_in(regrant.pod.name_space);
  for (const auto& [uid, range] : limits.ranges) {
    if (LimitVerdict verdict = check_range(range, regrant); !verdict.ok()) return verdict;
  }
  if (LimitVerdict verdict = check_evasion(limits, regrant); !verdict.ok()) return verdict;
  for (const auto& [uid, quota] : limits.quotas) {
    LimitVerdict verdict = QuotaCheck(snapshot, quota, regrant).run();
    if (!verdict.ok()) return verdict;
  }
  return {};
}

}  // namespace migadapter::decide
