#include "daemon/alerting/http_post.h"

#include <curl/curl.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <mutex>

namespace sluice::alerting {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

// Owns the header list that curl wants as a chain.
class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& name, const std::string& value) {
    list_ = curl_slist_append(list_, (name + ": " + value).c_str());
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// Keeps the first max_post_response bytes and reads on, so that the connection ends well; a peer
// that never stops is cut by the timeout.
std::size_t keep_response(char* data, std::size_t size, std::size_t count, void* user) {
  auto& out = *static_cast<std::string*>(user);
  out.append(data, std::min(size * count, max_post_response - out.size()));
  return size * count;
}

Result<std::string> read_token(const std::string& path) {
  std::ifstream in(path);
  std::string token;
  if (!std::getline(in, token) || token.empty()) {
    return Error{ErrorCode::io, "cannot read the bearer token in " + path};
  }
  token.erase(token.find_last_not_of(" \t\r") + 1);
  return token;
}

void set_text(CURL* curl, CURLoption option, const std::string& value) {
  if (!value.empty()) curl_easy_setopt(curl, option, value.c_str());
}

void set_tls(CURL* curl, const http::TlsClientOptions& tls) {
  set_text(curl, CURLOPT_CAINFO, tls.ca_file);
  set_text(curl, CURLOPT_SSLCERT, tls.cert_file);
  set_text(curl, CURLOPT_SSLKEY, tls.key_file);
  if (tls.insecure_skip_verify) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

Result<void> set_headers(HeaderList& list, const HttpTarget& target, const PostRequest& request) {
  list.add("Content-Type", "application/json");
  list.add("User-Agent", "sluiced");
  list.add("Expect", "");  // no 100-continue round trip
  if (!request.idempotency_key.empty()) list.add("Idempotency-Key", request.idempotency_key);
  for (const auto& [name, value] : target.headers) list.add(name, value);
  for (const auto& [name, value] : request.headers) list.add(name, value);
  if (!target.bearer_token_file.empty()) {
    SLUICE_TRY(const auto token, read_token(target.bearer_token_file));
    list.add("Authorization", "Bearer " + token);
  }
  return {};
}

void set_request(CURL* curl, const HttpTarget& target, const PostRequest& request,
                 std::string& response) {
  using std::chrono::duration_cast;
  const auto timeout = duration_cast<std::chrono::milliseconds>(target.timeout).count();
  set_text(curl, CURLOPT_URL, target.url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<long>(timeout, 5000)));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // threads
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &keep_response);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response);
  set_tls(curl, target.tls);
}

Delivery failed(Delivery::Outcome outcome, std::string detail) {
  return {outcome, 0, std::move(detail), "", std::nullopt};
}

Delivery answered(CURL* curl, const HttpTarget& target, std::string response) {
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  Delivery out{outcome_of(static_cast<int>(status)), static_cast<int>(status), "", "", {}};
  if (out.outcome != Delivery::Outcome::delivered) {
    out.detail =
        target.url + " answered " + std::to_string(status) + ": " + response.substr(0, 500);
  }
  if (retry_after > 0) out.retry_after = std::chrono::seconds(retry_after);
  out.output = std::move(response);
  return out;
}

}  // namespace

Delivery::Outcome outcome_of(int status) {
  if (status >= 200 && status < 300) return Delivery::Outcome::delivered;
  const bool later = status == 408 || status == 425 || status == 429 || status >= 500;
  return later ? Delivery::Outcome::retry : Delivery::Outcome::refused;
}

Delivery http_post(const HttpTarget& target, const PostRequest& request) {
  initialise_curl();
  const Easy curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return failed(Delivery::Outcome::retry, "curl_easy_init failed");
  HeaderList headers;
  if (auto set = set_headers(headers, target, request); !set) {
    return failed(Delivery::Outcome::retry, set.error().message);
  }
  std::string response;
  set_request(curl.get(), target, request, response);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return failed(Delivery::Outcome::retry, target.url + ": " + curl_easy_strerror(code));
  }
  return answered(curl.get(), target, std::move(response));
}

}  // namespace sluice::alerting
