#include "controller/intents.h"

#include <string>

#include "base/check.h"

namespace migadapter::controller {
namespace {

/// No rule has such an id.
std::string promise_id(const base::Name& pod_uid) {
  return "intent:" + pod_uid.str();
}

}  // namespace

void Intents::add(const cluster::Pod& pod, const decide::Grant& grant) {
  MIGADAPTER_CHECK(pods_.insert(pod.uid).second);
  store_.hold({promise_id(pod.uid), grant.node, grant.requests, cluster::successor_of(pod)});
}

void Intents::clear() {
  for (const base::Name& pod_uid : pods_) store_.release(promise_id(pod_uid));
  pods_.clear();
}

}  // namespace migadapter::controller
