#include "webhook/certificates.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "webhook/openssl_pem.h"

namespace migadapter::webhook {
namespace {

/// A chain of ten RSA-4096 certificates is 30 KiB; nothing larger is a certificate.
constexpr std::size_t kMostFileBytes = 1024 * 1024;

using FilePointer = std::unique_ptr<std::FILE, OpensslFree<std::fclose>>;

base::Error error_about(base::ErrorCode code, const std::string& path, std::string_view problem) {
  return {code, fmt::format("{}: {}", path, problem)};
}

base::Error invalid(const std::string& path, std::string_view problem) {
  return error_about(base::ErrorCode::invalid_argument, path, problem);
}

base::Error unreadable(const std::string& path, int error_number) {
  const auto code =
      error_number == ENOENT ? base::ErrorCode::not_found : base::ErrorCode::invalid_argument;
  return error_about(code, path, std::generic_category().message(error_number));
}

base::Result<std::string> read_file(const std::string& path) {
  const FilePointer file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    return unreadable(path, errno);
  }
  std::string text(kMostFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return unreadable(path, errno);
  }
  if (text.size() > kMostFileBytes) {
    return invalid(path, "is larger than any certificate (1 MiB)");
  }
  return text;
}

std::string in_words(base::WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

base::Status check_validity(X509& certificate, base::WallTime now, const std::string& path) {
  const auto [begin, end] = validity_of(certificate);
  if (now < begin) {
    return invalid(path, fmt::format("is not valid before {}", in_words(begin)));
  }
  if (now > end) {
    return invalid(path, fmt::format("expired at {}", in_words(end)));
  }
  return {};
}

struct CertificateFile {
  std::string pem;
  std::vector<CertificatePointer> certificates;
};

base::Result<CertificateFile> read_certificates(const std::string& path) {
  auto pem = read_file(path);
  if (!pem) {
    return pem.error();
  }
  auto certificates = parse_certificates(*pem);
  if (!certificates) {
    return invalid(path, certificates.error().message());
  }
  return CertificateFile{std::move(*pem), std::move(*certificates)};
}

}  // namespace

base::Result<ServerCertificate> load_certificate(const std::string& folder, base::WallTime now) {
  const std::string certificate_path = folder + "/tls.crt";
  const std::string key_path = folder + "/tls.key";
  auto file = read_certificates(certificate_path);
  if (!file) {
    return file.error();
  }
  X509& leaf = *file->certificates.front();
  if (auto valid = check_validity(leaf, now, certificate_path); !valid) {
    return valid.error();
  }
  auto key_pem = read_file(key_path);
  if (!key_pem) {
    return key_pem.error();
  }
  const auto key = parse_private_key(*key_pem);
  if (!key) {
    return invalid(key_path, key.error().message());
  }
  if (X509_check_private_key(&leaf, key->get()) != 1) {
    openssl_complaint();
    return invalid(key_path,
                   fmt::format("is not the key of the first certificate of {}", certificate_path));
  }
  return ServerCertificate{std::move(file->pem), std::move(*key_pem)};
}

base::Result<std::string> load_ca_bundle(const std::string& folder) {
  auto authorities = read_certificates(folder + "/ca.crt");
  if (authorities) {
    return std::move(authorities->pem);
  }
  if (authorities.error().code() != base::ErrorCode::not_found) {
    return authorities.error();
  }
  const auto chain = read_certificates(folder + "/tls.crt");
  if (!chain) {
    return chain.error();
  }
  return to_pem(*chain->certificates.back());
}

base::Result<std::string> load_authorities(const std::string& path) {
  auto file = read_certificates(path);
  if (!file) {
    return file.error();
  }
  return std::move(file->pem);
}

base::Result<Validity> validity_of(const std::string& certificates_pem) {
  const auto certificates = parse_certificates(certificates_pem);
  if (!certificates) {
    return certificates.error();
  }
  return validity_of(*certificates->front());
}

bool is_due(const Validity& validity, base::WallTime now) {
  const base::WallTime issued = validity.begin + kBackdating;
  return now >= issued + (validity.end - issued) * 2 / 3;
}

}  // namespace migadapter::webhook
