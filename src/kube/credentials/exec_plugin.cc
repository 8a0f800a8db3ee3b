#include "kube/credentials/exec_plugin.h"

#include <unistd.h>

#include <mutex>

namespace migadapter::kube {
namespace {

class ExecIdentity final : public IdentitySource {
 public:
  ExecIdentity(ExecPlugin plugin, const base::Clock& clock)
      : plugin_(std::move(plugin)), clock_(clock) {}

  base::Result<Identity> current() override {
    const std::lock_guard lock(mutex_);
    if (!usable()) {
      base::Result<ExecCredential> fresh = run();
      if (!fresh.ok()) return explained(fresh.error());
      credential_ = *fresh;
    }
    return credential_->identity;
  }

  void reject() override {
    const std::lock_guard lock(mutex_);
    credential_.reset();
  }

 private:
  bool usable() const {
    return credential_.has_value() &&
           (!credential_->expires.has_value() || clock_.wall() < *credential_->expires);
  }

  base::Result<ExecCredential> run() const {
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    if (plugin_.interactive_mode == InteractiveMode::always && !terminal) {
      return base::Error(base::ErrorCode::unavailable,
                         "interactiveMode is Always but there is no terminal");
    }
    const bool interactive = terminal && plugin_.interactive_mode != InteractiveMode::never;
    ProgramCall call = plugin_.program;
    call.inherit_standard_input = interactive;
    call.environment.emplace_back(
        "KUBERNETES_EXEC_INFO",
        encode_exec_info(plugin_.api_version, interactive, plugin_.cluster));
    const base::Result<std::string> output = run_program(call);
    if (!output.ok()) return output.error();
    return decode_exec_credential(*output, plugin_.api_version);
  }

  base::Error explained(const base::Error& error) const {
    const base::Error outer = error.with_context("credential plugin " + plugin_.program.program);
    if (error.code() != base::ErrorCode::not_found || plugin_.install_hint.empty()) return outer;
    return base::Error(outer.code(), outer.message() + ". " + plugin_.install_hint);
  }

  const ExecPlugin plugin_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::optional<ExecCredential> credential_;
};

}  // namespace

std::shared_ptr<IdentitySource> make_exec_identity(ExecPlugin plugin, const base::Clock& clock) {
  return std::make_shared<ExecIdentity>(std::move(plugin), clock);
}

}  // namespace migadapter::kube
