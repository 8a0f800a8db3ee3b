// Look-ups in the table. The table itself, gpu_models(), is generated at build time by
// generate_model_table.py.
#include "mig/model.h"

#include <algorithm>

namespace migadapter::mig {
namespace {

constexpr std::string_view kSharedSuffix = "-SHARED";
constexpr std::string_view kSingleStrategyInfix = "-MIG-";

/// The product as NVML names it, without what GPU Feature Discovery appends.
std::string_view bare_product(std::string_view label) {
  if (label.ends_with(kSharedSuffix)) label.remove_suffix(kSharedSuffix.size());
  return label.substr(0, label.find(kSingleStrategyInfix));
}

}  // namespace

const GpuModel* find_model(std::string_view name) {
  const auto found = std::ranges::find(gpu_models(), name, &GpuModel::name);
  return found == gpu_models().end() ? nullptr : &*found;
}

const GpuModel* find_model_by_product(std::string_view product_label) {
  const std::string_view product = bare_product(product_label);
  for (const GpuModel& model : gpu_models()) {
    if (std::ranges::find(model.product_labels, product) != model.product_labels.end()) {
      return &model;
    }
  }
  return nullptr;
}

const ModelProfile* find_profile(const GpuModel& model, const Profile& profile) {
  for (const ModelProfile& candidate : model.profiles) {
    if (candidate.profile == profile) return &candidate;
    if (std::ranges::find(candidate.aliases, profile) != candidate.aliases.end()) {
      return &candidate;
    }
  }
  return nullptr;
}

}  // namespace migadapter::mig
