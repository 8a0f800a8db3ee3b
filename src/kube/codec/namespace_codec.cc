#include "kube/codec/namespace_codec.h"

#include "kube/codec/metadata_codec.h"

namespace migadapter::kube {
namespace {

void fill_if_empty(base::Name& value, const base::Name& other) {
  if (value.empty()) value = other;
}

cluster::OptOuts decode_namespace_opt_outs(JsonField metadata, base::NamePool& names) {
  cluster::OptOuts opt_outs = decode_opt_outs(metadata.at("annotations"), names);
  const cluster::OptOuts labels = decode_opt_outs(metadata.at("labels"), names);
  fill_if_empty(opt_outs.upgrade, labels.upgrade);
  fill_if_empty(opt_outs.restore, labels.restore);
  fill_if_empty(opt_outs.largest_grant, labels.largest_grant);
  return opt_outs;
}

}  // namespace

cluster::Namespace decode_namespace(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  cluster::Namespace name_space;
  name_space.name = names.intern(metadata.at("name").text());
  name_space.labels = decode_labels(metadata.at("labels"), names);
  name_space.terminating = metadata.at("deletionTimestamp").present();
  name_space.opt_outs = decode_namespace_opt_outs(metadata, names);
  return name_space;
}

}  // namespace migadapter::kube
