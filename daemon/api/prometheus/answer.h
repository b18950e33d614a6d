// Bodies of Prometheus' API: the envelope, errors, and query results as JSON.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/json_writer.h"
#include "base/http/message.h"
#include "query/value.h"

namespace sluice::api::prometheus {

// {"status":"success","data":<data>,"warnings":[...],"infos":[...]}; empty lists are left out.
http::Response success(const std::function<void(JsonWriter&)>& write_data,
                       const std::vector<std::string>& warnings = {},
                       const std::vector<std::string>& infos = {});

// Of a request that is wrong: always bad_data.
http::Response bad_data(const std::string& message);
// `invalid parameter "name": message`
http::Response bad_parameter(std::string_view name, const std::string& message);
// Of an evaluation: execution, timeout, canceled or internal, by what went wrong.
http::Response failure(const Error& error);

// "resultType":...,"result":... inside an object
void write_result(JsonWriter& json, const query::Value& value);
// {"name":"value",...}
void write_labels(JsonWriter& json, const LabelSet& labels);
// Seconds with three decimals unless whole: 1.5 s is 1.500.
std::string format_seconds(std::int64_t ms);

}  // namespace sluice::api::prometheus
