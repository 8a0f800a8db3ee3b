#include "kube/codec/owner_codec.h"

#include <limits>

#include "kube/codec/job_codec.h"
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

/// A Job states no generation that it has observed: all of its spec that matters to its pods but
/// parallelism is immutable while it is not suspended.
bool is_rolling_out(cluster::OwnerKind kind, JsonField metadata, JsonField status) {
  if (kind == cluster::OwnerKind::job) return false;
  const bool behind =
      status.at("observedGeneration").integer() < metadata.at("generation").integer();
  return behind || status.at("currentRevision").text() != status.at("updateRevision").text();
}

void decode_replica_counts(JsonField spec, JsonField status, cluster::Owner& owner) {
  const bool job = owner.kind == cluster::OwnerKind::job;
  owner.desired_replicas = decode_replicas(spec.at(job ? "parallelism" : "replicas"), 1);
  owner.current_replicas = decode_replicas(status.at(job ? "active" : "replicas"), 0);
}

}  // namespace

cluster::Owner decode_owner(cluster::OwnerKind kind, JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  const JsonField status = object.at("status");
  cluster::Owner owner;
  owner.kind = kind;
  owner.name_space = names.intern(metadata.at("namespace").text());
  owner.name = names.intern(metadata.at("name").text());
  owner.uid = names.intern(metadata.at("uid").text());
  decode_replica_counts(spec, status, owner);
  owner.terminating = metadata.at("deletionTimestamp").present();
  owner.rolling_out = is_rolling_out(kind, metadata, status);
  owner.externally_queued = has_kueue_key(metadata.at("labels"));
  owner.template_requests =
      decode_mig_requests(pod_containers(spec.at("template").at("spec")), names);
  owner.opt_outs = decode_opt_outs(metadata.at("annotations"), names);
  if (kind == cluster::OwnerKind::job) owner.job = decode_job_terms(object);
  return owner;
}

}  // namespace migadapter::kube
