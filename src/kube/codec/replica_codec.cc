#include "kube/codec/replica_codec.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cluster/annotations.h"
#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

/// A Lease that names a longer time is not waited for longer: ours name seconds.
constexpr std::int64_t kMostSeconds = 60;

}  // namespace

cluster::Replica decode_replica(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  cluster::Replica replica;
  replica.uid = names.intern(metadata.at("uid").text());
  replica.name = metadata.at("name").text();
  replica.resource_version = metadata.at("resourceVersion").text();
  replica.served_rules = metadata.at("annotations").at(cluster::kServedRulesAnnotation).text();
  const std::int64_t seconds = object.at("spec").at("leaseDurationSeconds").integer();
  replica.duration = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMostSeconds));
  return replica;
}

std::string encode_replica(const cluster::Replica& replica, base::WallTime now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(replica.duration).count();
  return boost::json::serialize(boost::json::object{
      {"apiVersion", "coordination.k8s.io/v1"},
      {"kind", "Lease"},
      {"metadata",
       {{"name", replica.name},
        {"labels",
         {{"app.kubernetes.io/name", "mig-adapter"}, {"app.kubernetes.io/component", "webhook"}}},
        {"annotations",
         boost::json::object{{cluster::kServedRulesAnnotation, replica.served_rules}}}}},
      {"spec",
       {{"holderIdentity", replica.name},
        {"leaseDurationSeconds", seconds},
        {"renewTime", to_micro_timestamp(now)}}}});
}

}  // namespace migadapter::kube
