// A temporary folder of credential files, for tests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace migadapter::kube {

/// Removed with everything in it at the end.
class CredentialFolder {
 public:
  CredentialFolder();
  ~CredentialFolder();
  CredentialFolder(const CredentialFolder&) = delete;
  CredentialFolder& operator=(const CredentialFolder&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  /// Writes the file anew and returns its path.
  std::string write(std::string_view name, std::string_view content) const;
  /// The same, for a program.
  std::string write_program(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace migadapter::kube
