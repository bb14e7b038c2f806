-- What wrk sends: POST of a JSON body with 40 numbers to /invocations, or with the arguments METHOD PATH BYTES
-- a body of so many bytes. Writes one line of JSON at the end.

local numbers = {}
for i = 1, 40 do
  numbers[i] = string.format("%.5f", (i * 7919 % 1000) / 37)
end

function init(args)
  wrk.method = args[1] or "POST"
  wrk.path = args[2] or "/invocations"
  if wrk.method == "POST" then
    local bytes = tonumber(args[3] or "0")
    wrk.body = bytes > 0 and string.rep("x", bytes) or '{"inputs":[[' .. table.concat(numbers, ",") .. "]]}"
    wrk.headers["Content-Type"] = "application/json"
  end
  request_bytes = wrk.format()
end

function request()
  return request_bytes
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50Us":%.1f,"p99Us":%.1f,"maxUs":%.1f}\n',
    summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
