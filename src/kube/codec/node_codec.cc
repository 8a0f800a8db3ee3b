#include "kube/codec/node_codec.h"

#include "kube/codec/metadata_codec.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

/// An effect that we do not know keeps pods away.
cluster::TaintEffect taint_effect(std::string_view text) {
  if (text == "PreferNoSchedule") return cluster::TaintEffect::prefer_no_schedule;
  if (text == "NoExecute") return cluster::TaintEffect::no_execute;
  return cluster::TaintEffect::no_schedule;
}

}  // namespace

cluster::Node decode_node(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  cluster::Node node;
  node.name = names.intern(metadata.at("name").text());
  node.labels = decode_labels(metadata.at("labels"), names);
  for (const JsonField taint : spec.at("taints").items()) {
    node.taints.push_back({names.intern(taint.at("key").text()),
                           names.intern(taint.at("value").text()),
                           taint_effect(taint.at("effect").text())});
  }
  node.unschedulable = spec.at("unschedulable").flag();
  node.allocatable = decode_resources(object.at("status").at("allocatable"), names);
  return node;
}

}  // namespace migadapter::kube
