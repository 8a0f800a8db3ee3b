// What batch/v1 Job says beyond what every owner of pods says -> cluster::JobTerms.
#pragma once

#include "cluster/job.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::JobTerms decode_job_terms(JsonField object);

}  // namespace migadapter::kube
