// metav1.LabelSelector -> cluster::LabelSelector.
#pragma once

#include "base/name.h"
#include "cluster/label_selector.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// An absent selector selects everything, as an empty one does. A requirement that cannot be met or
/// understood is noted as the document's problem.
cluster::LabelSelector decode_label_selector(JsonField selector, base::NamePool& names);

}  // namespace migadapter::kube
