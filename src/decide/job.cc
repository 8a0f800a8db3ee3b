#include "decide/job.h"

#include "base/check.h"

namespace migadapter::decide {
namespace {

using cluster::FailureRule;
using cluster::JobTerms;

/// A pod that was never bound has no exit code, so rules about exit codes cannot match it before.
/// Any other condition may be there, for all we know.
bool may_match(const FailureRule& rule, Move move) {
  return rule.on_conditions || move == Move::restore;
}

bool ignores_disruption(const JobTerms& terms, Move move) {
  for (const FailureRule& rule : terms.failure_rules) {
    if (rule.on_disruption) return rule.ignores;
    if (may_match(rule, move)) return false;
  }
  return false;
}

}  // namespace

EligibleReason check_job(const cluster::Owner& job, const cluster::Pod& pod, Move move) {
  MIGADAPTER_CHECK(job.job.has_value());
  const JobTerms& terms = *job.job;
  if (terms.managed_elsewhere) return EligibleReason::job_managed_elsewhere;
  if (terms.suspended || terms.finished) return EligibleReason::job_not_active;
  const bool counts = terms.replaces_terminating || !ignores_disruption(terms, move);
  if (counts) return EligibleReason::job_counts_failure;
  const bool has_index = !pod.completion_index.empty();
  return terms.indexed == has_index ? EligibleReason::eligible : EligibleReason::template_differs;
}

}  // namespace migadapter::decide
