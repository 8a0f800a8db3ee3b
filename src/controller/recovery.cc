#include "controller/recovery.h"

#include "base/check.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

Standing standing_of_new_pod(const cluster::Pod& pod) {
  if (!pod.bound()) return Standing::placing;
  return pod.phase == cluster::PodPhase::pending ? Standing::starting : Standing::done;
}

Standing standing_without_new_pod(const cluster::Snapshot& snapshot, const cluster::Rule& rule,
                                  base::WallTime now) {
  if (is_gone(snapshot, rule.owner)) return Standing::pointless;
  const cluster::Pod* old_pod = snapshot.find_pod(rule.old_pod.uid);
  const bool is_going = old_pod == nullptr || old_pod->terminating;
  // One that has expired lately was waited for in vain, for which its owner backs off.
  if (rule.expires + (is_going ? kFailureMemory : base::Millis(0)) <= now)
    return Standing::pointless;
  if (is_going) return Standing::awaiting;
  const bool unchanged = old_pod->resource_version == rule.old_pod.resource_version;
  return unchanged ? Standing::not_begun : Standing::pointless;
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::not_begun:
      return "not begun";
    case Standing::pointless:
      return "pointless";
    case Standing::awaiting:
      return "awaiting";
    case Standing::placing:
      return "placing";
    case Standing::starting:
      return "starting";
    case Standing::done:
      return "done";
    case Standing::failed:
      return "failed";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

bool is_gone(const cluster::Snapshot& snapshot, const cluster::OwnerReference& owner) {
  return owner.kind != cluster::OwnerKind::other && snapshot.find_owner(owner.uid) == nullptr;
}

bool has_missed(const cluster::Rule& rule, const cluster::Pod& pod) {
  const bool is_meant = !rule.pod_name.empty() && pod.name == rule.pod_name &&
                        pod.name_space == rule.name_space && pod.owner &&
                        pod.owner->uid == rule.owner.uid && pod.uid != rule.old_pod.uid;
  return is_meant && !(pod.granted && pod.granted->rule_id == rule.id);
}

Recovery recover(const cluster::Snapshot& snapshot, const cluster::Rule& rule, base::WallTime now) {
  if (rule.status.phase == cluster::RulePhase::backing_off) return {Standing::failed, {}};
  if (const cluster::Pod* pod = snapshot.find_pod_by_rule(rule.id))
    return {standing_of_new_pod(*pod), pod->uid};
  return {standing_without_new_pod(snapshot, rule, now), {}};
}

}  // namespace migadapter::controller
