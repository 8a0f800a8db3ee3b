#include "kube/credentials/credential_folder.h"

#include <cstdlib>
#include <fstream>

#include "base/check.h"

namespace migadapter::kube {

CredentialFolder::CredentialFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "credentials-XXXXXX").string();
  MIGADAPTER_CHECK(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
}

CredentialFolder::~CredentialFolder() {
  std::filesystem::remove_all(folder_);
}

std::string CredentialFolder::write(std::string_view name, std::string_view content) const {
  std::filesystem::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name) << content;
  return path(name);
}

std::string CredentialFolder::write_program(std::string_view name, std::string_view content) const {
  const std::string written = write(name, content);
  std::filesystem::permissions(written, std::filesystem::perms::owner_all);
  return written;
}

}  // namespace migadapter::kube
