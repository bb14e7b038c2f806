-- What wrk sends, by its arguments METHOD PATH WHAT: POST of the bodies in the file WHAT, one a line and each in turn,
-- or of a body of WHAT bytes when that is a number; GET without a body. Writes one line of JSON at the end.

local requests = {}
local turn = 0

function init(args)
  wrk.method = args[1]
  wrk.path = args[2]
  if wrk.method ~= "POST" then
    requests[1] = wrk.format()
    return
  end
  wrk.headers["Content-Type"] = "application/json"
  local bytes = tonumber(args[3])
  if bytes then
    requests[1] = wrk.format(nil, nil, nil, string.rep("x", bytes))
  else
    for body in io.lines(args[3]) do
      requests[#requests + 1] = wrk.format(nil, nil, nil, body)
    end
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50Us":%.1f,"p99Us":%.1f,"maxUs":%.1f}\n',
    summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
