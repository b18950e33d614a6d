#include <CLI/CLI.hpp>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

namespace {

struct ApiOptions {
  std::string method;
  std::string path;
  std::string data;
  std::string content_type = "application/json";
  std::vector<std::string> fields;
  bool include_head = false;
};

constexpr const char* api_examples =
    "  sluice api GET /api/v1/status/buildinfo\n"
    "  sluice api GET /api/v1/query -f query=up\n"
    "  sluice api POST /api/v1/deployments -d '{\"service\":\"pay\",\"version\":\"1.2\"}'\n"
    "  sluice api POST /api/v1/gates -d @gate.json\n\n"
    "Prints the body of the answer. Exits 0 for 2xx, else as the status says.";

Result<std::string> read_all(std::istream& in) {
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// "-": standard input, "@file": a file, else the text itself.
Result<std::string> body_of(const std::string& data, Context& context) {
  if (data == "-") return read_all(context.in);
  if (!data.starts_with('@')) return data;
  std::ifstream file(data.substr(1), std::ios::binary);
  if (!file) return invalid_argument("cannot read " + data.substr(1));
  return read_all(file);
}

Result<std::string> target_with_fields(const ApiOptions& o) {
  if (!o.path.starts_with('/')) return invalid_argument("the path must begin with /");
  http::Params params;
  for (const auto& field : o.fields) {
    const std::size_t equals = field.find('=');
    if (equals == field.npos) return invalid_argument("-f " + field + ": use name=value");
    params.add(field.substr(0, equals), field.substr(equals + 1));
  }
  const bool has_query = o.path.find('?') != o.path.npos;
  if (params.begin() == params.end()) return o.path;
  return o.path + (has_query ? "&" : "?") + params.encode();
}

void print_head(const http::ClientResponse& response, std::ostream& out) {
  out << "HTTP " << response.status << "\n";
  for (const auto& [name, value] : response.headers) out << name << ": " << value << "\n";
  out << "\n";
}

ExitCode run_api(const ApiOptions& o, Context& context) {
  const auto target = target_with_fields(o);
  if (!target) return fail(context, target.error());
  const auto body = body_of(o.data, context);
  if (!body) return fail(context, body.error());
  const auto response =
      ApiClient(context).send(o.method, *target, *body, body->empty() ? "" : o.content_type);
  if (!response) return fail(context, response.error());
  if (o.include_head) print_head(*response, context.out);
  context.out << response->body;
  if (context.out_is_tty && !response->body.ends_with('\n')) context.out << "\n";
  if (response->status >= 200 && response->status < 300) return ExitCode::ok;
  if (!context.options.quiet) context.err << "sluice: status " << response->status << "\n";
  return exit_code_of(error_of(*response));
}

}  // namespace

Action add_api(CLI::App& root) {
  auto o = std::make_shared<ApiOptions>();
  CLI::App& app = add_subcommand(root, "api", "Call the server's HTTP API", api_examples);
  app.add_option("method", o->method, "GET, POST, ...")->required();
  app.add_option("path", o->path, "Path, with or without a query")->required();
  app.add_option("-d,--data", o->data, "Body: text, @FILE, or - for standard input");
  app.add_option("-f,--field", o->fields, "name=value of the query string (repeatable)");
  app.add_option("--content-type", o->content_type, "Of the body")->capture_default_str();
  app.add_flag("-i,--include", o->include_head, "Print status and headers first");
  return [o](Context& context) { return run_api(*o, context); };
}

}  // namespace sluice::query::cli
