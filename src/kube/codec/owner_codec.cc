#include "kube/codec/owner_codec.h"

#include <limits>

#include "cluster/annotations.h"
#include "kube/codec/metadata_codec.h"
#include "kube/codec/protection_codec.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

std::int32_t decode_replicas(JsonField replicas, std::int32_t when_absent) {
  if (!replicas.present()) return when_absent;
  const std::int64_t count = replicas.integer();
  const bool sound = count >= 0 && count <= std::numeric_limits<std::int32_t>::max();
  if (!sound) replicas.complain("not a number of replicas");
  return sound ? static_cast<std::int32_t>(count) : 0;
}

}  // namespace

cluster::Owner decode_owner(cluster::OwnerKind kind, JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField annotations = metadata.at("annotations");
  const JsonField spec = object.at("spec");
  cluster::Owner owner;
  owner.kind = kind;
  owner.name_space = names.intern(metadata.at("namespace").text());
  owner.name = names.intern(metadata.at("name").text());
  owner.uid = names.intern(metadata.at("uid").text());
  owner.desired_replicas = decode_replicas(spec.at("replicas"), 1);
  owner.current_replicas = decode_replicas(object.at("status").at("replicas"), 0);
  owner.terminating = metadata.at("deletionTimestamp").present();
  owner.template_requests =
      decode_mig_requests(pod_containers(spec.at("template").at("spec")), names);
  owner.upgrade_disabled = is_disabled(annotations, cluster::kUpgradeAnnotation);
  owner.restore_disabled = is_disabled(annotations, cluster::kRestoreAnnotation);
  return owner;
}

}  // namespace migadapter::kube
