#include "base/scrape/fetcher.h"

#include <fstream>

#include "base/codec/base64.h"
#include "base/http/client.h"
#include "base/http/serialize.h"
#include "base/scrape/negotiation.h"

namespace sluice::scrape {

namespace {

constexpr int max_redirects = 10;
constexpr std::size_t max_secret = 64 << 10;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string authority_of(const std::string& url) {
  const auto begin = url.find("://");
  return url.substr(0, url.find_first_of("/?#", begin == std::string::npos ? 0 : begin + 3));
}

// The secret; of a file what is in it now, without blanks around it.
Result<std::string> secret_text(const Secret& secret) {
  if (secret.file.empty()) return secret.text;
  std::ifstream file(secret.file, std::ios::binary);
  std::string text(max_secret, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open())
    return Error{ErrorCode::io, "unable to read file " + secret.file};
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto last = text.find_last_not_of(" \t\r\n");
  text.resize(last == std::string::npos ? 0 : last + 1);
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

Result<std::string> header_text(const Secret& secret) {
  SLUICE_TRY(std::string text, secret_text(secret));
  if (text.find_first_of("\r\n") == std::string::npos) return text;
  return invalid_argument("a header may not have several lines");
}

http::ClientOptions client_options(const JobConfig& job, const Bounds& bounds) {
  http::ClientOptions options;
  options.tls.ca_file = job.http.ca_file;
  options.tls.cert_file = job.http.cert_file;
  options.tls.key_file = job.http.key_file;
  options.tls.server_name = job.http.server_name;
  options.tls.insecure_skip_verify = job.http.insecure_skip_verify;
  // Connecting is part of the one deadline of a scrape.
  options.connect_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(job.interval);
  options.max_idle_connections = 256;
  const std::uint64_t limit = job.limits.body_size;
  options.max_response_bytes = limit == 0 ? bounds.body_bytes : std::min(limit, bounds.body_bytes);
  return options;
}

Error failed(const std::string& url, Error error) {
  if (error.code == ErrorCode::too_large) return {error.code, "body size limit exceeded"};
  if (error.code == ErrorCode::timeout) error.message = "context deadline exceeded";
  std::string message = "Get ";
  append_quoted(message, url);
  return {error.code, message + ": " + error.message};
}

class HttpFetcher : public Fetcher {
 public:
  HttpFetcher(IoRuntime& runtime, const JobConfig& job, const Bounds& bounds,
              std::string user_agent)
      : options_(job.http),
        accept_(accept_header(job.protocols, job.names)),
        user_agent_(std::move(user_agent)),
        client_(http::make_client(runtime, client_options(job, bounds))) {}

  Result<Fetched> fetch(const Target& target, const std::stop_token& cancel) override {
    const auto deadline = std::chrono::steady_clock::now() + target.timeout;
    std::string url = target.url;
    for (int redirects = 0; redirects <= max_redirects; ++redirects) {
      const bool own = authority_of(url) == authority_of(target.url);
      SLUICE_TRY(auto request, request_of(target, url, own));
      request.cancel = cancel;
      request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (request.timeout.count() <= 0)
        return failed(url, Error{ErrorCode::timeout, "context deadline exceeded"});
      auto answer = client_->request(std::move(request));
      if (!answer) return failed(url, std::move(answer).error());
      const std::string_view location = answer->headers.get("Location");
      if (!options_.follow_redirects || !is_redirect(answer->status) || location.empty())
        return take(std::move(*answer));
      url = resolve_location(url, location);
    }
    return failed(url, Error{ErrorCode::unavailable, "stopped after 10 redirects"});
  }

 private:
  // `own`: credentials go to the target only, not to where it redirects.
  Result<http::ClientRequest> request_of(const Target& target, const std::string& url,
                                         bool own) const {
    http::ClientRequest request;
    request.url = url;
    request.headers.set("Accept", accept_);
    request.headers.set("Accept-Encoding", options_.compression ? "gzip" : "identity");
    request.headers.set("User-Agent", user_agent_);
    request.headers.set("X-Prometheus-Scrape-Timeout-Seconds", timeout_text(target.timeout));
    if (!own) return request;
    SLUICE_CHECK(add_credentials(request.headers));
    for (const auto& [name, secret] : options_.headers) {
      SLUICE_TRY(const std::string value, header_text(secret));
      request.headers.add(name, value);
    }
    return request;
  }

  static std::string timeout_text(Duration timeout) {
    std::string text = std::to_string(std::chrono::duration<double>(timeout).count());
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
  }

  Result<void> add_credentials(http::Headers& headers) const {
    if (options_.basic_auth) {
      SLUICE_TRY(const std::string user, secret_text(options_.username));
      SLUICE_TRY(const std::string password, secret_text(options_.password));
      headers.set("Authorization", "Basic " + base64_encode(user + ":" + password));
    } else if (!options_.authorization_type.empty()) {
      SLUICE_TRY(const std::string credentials, header_text(options_.credentials));
      headers.set("Authorization", options_.authorization_type + " " + credentials);
    }
    return {};
  }

  static Result<Fetched> take(http::ClientResponse answer) {
    if (answer.status != 200)
      return Error{ErrorCode::unavailable, "server returned HTTP status " +
                                               std::to_string(answer.status) + " " +
                                               std::string(http::reason_phrase(answer.status))};
    return Fetched{std::string(answer.headers.get("Content-Type")), std::move(answer.body)};
  }

  const HttpOptions options_;
  const std::string accept_;
  const std::string user_agent_;
  const std::unique_ptr<http::Client> client_;
};

}  // namespace

std::string resolve_location(const std::string& url, std::string_view location) {
  const std::string to(location);
  if (to.starts_with("http://") || to.starts_with("https://")) return to;
  if (to.starts_with("//")) return url.substr(0, url.find("//")) + to;
  if (to.starts_with('/')) return authority_of(url) + to;
  const std::string path = url.substr(0, url.find_first_of("?#"));
  const auto slash = path.rfind('/');
  if (slash < authority_of(url).size()) return authority_of(url) + "/" + to;
  return path.substr(0, slash + 1) + to;
}

std::shared_ptr<Fetcher> make_http_fetcher(IoRuntime& runtime, const JobConfig& job,
                                           const Bounds& bounds, const std::string& user_agent) {
  return std::make_shared<HttpFetcher>(runtime, job, bounds, user_agent);
}

}  // namespace sluice::scrape
