// The GPU models that support MIG, compiled in from data/mig-profiles.json.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mig/device.h"
#include "mig/profile.h"

namespace migadapter::mig {

/// A run of memory slices.
struct Placement {
  int start = 0;
  int size = 0;
  friend auto operator<=>(const Placement&, const Placement&) = default;
};

/// A profile of one GPU model.
struct ModelProfile {
  Profile profile;
  std::span<const Profile> aliases;  ///< what other drivers or boards call the same profile
  std::optional<int> id;  ///< what `nvidia-smi mig -cgi` takes; stable where the name is not
  int most = 0;           ///< how many fit one GPU at once
  std::span<const Placement> placements;  ///< lowest start first; empty where no source states them
  Device device;
};

/// One GPU model. Numbers that no source states are 0 or nothing; nothing is estimated.
struct GpuModel {
  std::string_view name;  ///< "A100-40GB"
  std::string_view architecture;
  std::span<const std::string_view> product_labels;  ///< values of nvidia.com/gpu.product
  int compute_slices = 0;
  int memory_slices = 0;  ///< the length of the placement grid: 8, 4 or 12; 0 where unknown
  int memory_gib = 0;     ///< 0 where unknown
  std::optional<int> multiprocessors;      ///< what the instances of one GPU share
  Engines engines;                         ///< what the instances of one GPU share
  std::span<const ModelProfile> profiles;  ///< smallest device first; empty where unknown
};

/// Every model of the table, in the table's order. Lives as long as the program; thread-safe.
std::span<const GpuModel> gpu_models();

/// The model with this name ("A100-40GB"); nullptr when unknown.
const GpuModel* find_model(std::string_view name);

/// The model of a node by its label nvidia.com/gpu.product, also in the form
/// `<product>-MIG-<profile>` of the single strategy and with `-SHARED`; nullptr when unknown.
const GpuModel* find_model_by_product(std::string_view product_label);

/// The model's profile of that name or alias; nullptr when it has none.
const ModelProfile* find_profile(const GpuModel& model, const Profile& profile);

}  // namespace migadapter::mig
