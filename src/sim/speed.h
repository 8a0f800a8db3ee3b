// How fast a job runs on a part of a GPU.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace migadapter::sim {

/// Curves that stand for many jobs.
enum class SpeedModel {
  fixed,      ///< the run time is the same on any device: a service that lives as long as it lives
  linear,     ///< as the share of compute slices
  training,   ///< medians of 32 pairs of model and batch size on an A100 40GB
  inference,  ///< best throughput of nine vision models on an A100 80GB, the middle one
};

/// "training"; nothing when there is none of that name.
std::optional<SpeedModel> find_speed_model(std::string_view name);
std::string_view to_string(SpeedModel model);

/// Speeds relative to the whole GPU on 1, 2, 3, 4 and 7 of seven compute slices. The measured ones:
/// training from the logs of MISO (Li et al., SoCC 2022,
/// https://github.com/boringlee24/socc22-miso, MIT licence), inference from the profiles of
/// ParvaGPU (Lee et al., SC 2024, https://github.com/MunQ-Lee/ParvaGPU_SC24, MIT licence).
/// docs/simulator.md says how they were computed.
class SpeedCurve {
 public:
  SpeedCurve() = default;  ///< SpeedModel::fixed
  explicit SpeedCurve(SpeedModel model);
  /// Measured speeds of one job. REQUIRES: all are greater than 0.
  explicit SpeedCurve(const std::array<double, 5>& speeds) : speeds_(speeds), fixed_(false) {}

  /// The speed on that share of the GPU's compute, relative to the whole GPU; straight lines
  /// between what was measured, and from nothing at 0. REQUIRES: 0 < compute_share <= 1.
  double at(double compute_share) const;

 private:
  std::array<double, 5> speeds_ = {1, 1, 1, 1, 1};
  bool fixed_ = true;
};

}  // namespace migadapter::sim
