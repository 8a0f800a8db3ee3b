// What each fuzzer does with one input. The same functions run over the corpora as unit tests.
#pragma once

#include <string_view>

namespace migadapter::fuzz {

// Objects of the API.
void fuzz_pod(std::string_view input);
void fuzz_node(std::string_view input);
void fuzz_policy(std::string_view input);
void fuzz_list_splitter(std::string_view input);
/// An event of the watch, as every kind in turn.
void fuzz_watch_frame(std::string_view input);
void fuzz_duration(std::string_view input);
void fuzz_quantity(std::string_view input);
void fuzz_grant_annotation(std::string_view input);
void fuzz_lease(std::string_view input);
void fuzz_timestamp(std::string_view input);

// Who we are.
void fuzz_kubeconfig(std::string_view input);
void fuzz_exec_credential(std::string_view input);

// What reaches the webhook.
/// The bytes of a connection, in one piece and in several.
void fuzz_http_request(std::string_view input);
/// A review, and the patch of a rule that matches its pod.
void fuzz_admission_review(std::string_view input);
void fuzz_pem(std::string_view input);

// Decisions.
/// Decisions about a cluster made of the input's bytes.
void fuzz_decide(std::string_view input);
void fuzz_mig_profile(std::string_view input);

// The simulator.
/// A file of jobs, as CSV and as JSON; what is one runs under every policy.
void fuzz_simulation(std::string_view input);

}  // namespace migadapter::fuzz
