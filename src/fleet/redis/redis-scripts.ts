/**
 * Lua scripts. Each of them checks before it writes, in one atomic step: a command that timed out, and that Redis
 * executes later, must not undo a newer one.
 */
import { createHash } from "node:crypto";

/** A script and its SHA-1, by which `EVALSHA` runs it. */
export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
}

/** Result codes of {@link publishScript}, one for each contribution. */
export const publishCodes = { stored: 0, older: 1, late: 2, full: 3 } as const;

/**
 * Replaces a replica's counts unless a newer publication was first.
 * KEYS: frozen marks, then for each contribution its counts and the window's index.
 * ARGV: replica, sequence, time, max keys, max replicas; then for each window length, index, lifetime, key, counts.
 */
export const publishScript: RedisScript = script(`
local replica, sequence, time = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local maxKeys, maxReplicas = tonumber(ARGV[4]), tonumber(ARGV[5])
local about, what = 's:' .. replica, 'c:' .. replica
local codes = {}
for i = 1, (#KEYS - 1) / 2 do
  local counts, index = KEYS[2 * i], KEYS[2 * i + 1]
  local windowMs, window, life, key, bytes = unpack(ARGV, 5 * i + 1, 5 * i + 5)
  local frozen = tonumber(redis.call('HGET', KEYS[1], windowMs) or -1)
  local old = redis.call('HGET', counts, about)
  local oldSequence = old and tonumber(string.match(old, '^%d+')) or -1
  local code = 0
  if frozen >= tonumber(window) then
    if redis.call('HGET', counts, what) ~= bytes then code = 2 end
  elseif oldSequence > sequence then
    code = 1
  elseif oldSequence < sequence then
    local isFull = not old and redis.call('HLEN', counts) >= 2 * maxReplicas
    isFull = isFull or (redis.call('SISMEMBER', index, key) == 0 and redis.call('SCARD', index) >= maxKeys)
    if isFull then
      code = 3
    else
      redis.call('HSET', counts, about, ARGV[2] .. ' ' .. time, what, bytes)
      redis.call('PEXPIRE', counts, life)
      redis.call('SADD', index, key)
      redis.call('PEXPIRE', index, life)
    end
  end
  codes[i] = code
end
return codes
`);

/** Returns 0 from the script unless the leader is ARGV[1] with token ARGV[2]; KEYS[1] is the leader's record. */
const leadersOnly = `
local leader = redis.call('HMGET', KEYS[1], 'holder', 'token')
if leader[1] ~= ARGV[1] or leader[2] ~= ARGV[2] then return 0 end
`;

/**
 * Refuses windows that have not ended by the server's clock plus the tolerance: otherwise a leader whose clock is years
 * ahead would make all counts late for years.
 * KEYS: leader, frozen marks. ARGV: replica, token, window length, window index, lifetime, tolerance.
 */
export const freezeScript: RedisScript = script(`${leadersOnly}
local endSeconds = (tonumber(ARGV[4]) + 1) * tonumber(ARGV[3]) / 1000
if endSeconds > tonumber(redis.call('TIME')[1]) + tonumber(ARGV[6]) / 1000 then
  return redis.error_reply('FUTURE the window has not ended')
end
local frozen = tonumber(redis.call('HGET', KEYS[2], ARGV[3]) or -1)
if tonumber(ARGV[4]) > frozen then redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) end
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`);

/**
 * Writes a replica's record if it is newer, deletes old ones, and returns all: id, record, id, record …
 * A record is the sequence, the time, and the rest as JSON.
 * KEYS: replicas. ARGV: replica, sequence, time, JSON, the time before which records are deleted, max records, lifetime.
 */
export const heartbeatScript: RedisScript = script(`
local old = redis.call('HGET', KEYS[1], ARGV[1])
local oldSequence = old and tonumber(string.match(old, '^%d+')) or -1
if oldSequence < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end
local all, kept = redis.call('HGETALL', KEYS[1]), {}
local oldest, oldestTime
for i = 1, #all, 2 do
  local time = tonumber(string.match(all[i + 1], '^%d+ (%d+)')) or 0
  if all[i] ~= ARGV[1] and time < tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[1], all[i])
  else
    kept[#kept + 1] = all[i]
    kept[#kept + 1] = all[i + 1]
    if all[i] ~= ARGV[1] and (not oldest or time < oldestTime) then oldest, oldestTime = all[i], time end
  end
end
if #kept > 2 * tonumber(ARGV[6]) and oldest then redis.call('HDEL', KEYS[1], oldest) end
return kept
`);

/**
 * Acquires or extends the lease; returns whether this replica holds it, and the token. A new token is above the last one
 * and not below the server's time in microseconds, so that tokens also grow when Redis has lost its data.
 * KEYS: lease, leader. ARGV: replica, lease time, lifetime of the leader's record.
 */
export const acquireScript: RedisScript = script(`
local holder = redis.call('GET', KEYS[1])
local leader = redis.call('HMGET', KEYS[2], 'holder', 'token')
if holder == ARGV[1] and leader[1] == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
  return {1, leader[2]}
end
if holder and holder ~= ARGV[1] then return {0, leader[2] or '0'} end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local token = string.format('%.0f', math.max((tonumber(leader[2]) or 0) + 1, now))
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('HSET', KEYS[2], 'holder', ARGV[1], 'token', token)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {1, token}
`);

/** Releases the lease if this replica holds it. KEYS: leader, lease. ARGV: replica, token. */
export const releaseScript: RedisScript = script(`${leadersOnly}
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
`);

/** Writes a document of the leader. KEYS: leader, document. ARGV: replica, token, number of the write, JSON, lifetime. */
export const putDocumentScript: RedisScript = script(`${leadersOnly}
local old = redis.call('GETRANGE', KEYS[2], 0, 40)
local token, number = string.match(old, '^(%d+) (%d+) ')
if token == ARGV[2] and tonumber(number) > tonumber(ARGV[3]) then return 1 end
redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4], 'PX', ARGV[5])
return 1
`);

/** Appends labels. KEYS: stream. ARGV: max entries, lifetime, sender, then for each label its id, its text and its row (or nothing). */
export const appendLabelsScript: RedisScript = script(`
for i = 4, #ARGV, 3 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
    'id', ARGV[i], 'label', ARGV[i + 1], 'row', ARGV[i + 2], 'from', ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/**
 * Returns how many entries were ever added (-1 before Redis 7) and the entries after an id.
 * KEYS: stream. ARGV: id, max entries.
 */
export const readLabelsScript: RedisScript = script(`
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err then
  if string.find(info.err, 'no such key', 1, true) then return {0, {}} end
  return info
end
local added = -1
for i = 1, #info, 2 do
  if info[i] == 'entries-added' then added = info[i + 1] end
end
return {added, redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}
`);

function script(lua: string): RedisScript {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}
