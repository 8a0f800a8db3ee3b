// What the fuzzers of src/kube do with one input; the same functions run over the corpora as a unit
// test.
#pragma once

#include <string_view>

namespace migadapter::fuzz {

void fuzz_pod(std::string_view input);
void fuzz_node(std::string_view input);
void fuzz_list_splitter(std::string_view input);
void fuzz_watch_frame(std::string_view input);
void fuzz_admission_review(std::string_view input);
void fuzz_quantity(std::string_view input);
void fuzz_grant_annotation(std::string_view input);

}  // namespace migadapter::fuzz
