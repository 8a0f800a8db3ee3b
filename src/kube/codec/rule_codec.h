// migadapter.io/v1alpha1 MigRule <-> cluster::Rule.
#pragma once

#include <string>

#include "base/name.h"
#include "cluster/rule.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::Rule decode_rule(JsonField object, base::NamePool& names);

/// The object to create. Its owner reference is the rule's owner, so that Kubernetes deletes the
/// rule with it. The status is not part of it.
std::string encode_rule(const cluster::Rule& rule);

/// A merge patch for the object's status that is refused when the object is no longer as `rule`
/// says.
std::string encode_rule_status(const cluster::Rule& rule);

}  // namespace migadapter::kube
