-- The version that each server has. By it a request that names one (`version=`) goes to a server that has it, and /ready is
-- answered with the newest, so that the version there never goes back.
--
-- HAProxy itself reads no version from a check, and repeats no 409.

local BACKEND = "replicas"
local PERIOD = 250      -- milliseconds between two questions to a server
local PATIENCE = 5000   -- milliseconds for which a request waits for a version that is still to come

local servers = {}
local served = {}       -- the version of each server that is ready, by its name
local last = {}         -- the same, of those that are not ready too
local newest = ""

local function number(version) return version:match("^(%d+)%-") end

-- Versions of a store have a number. Of those of snapshots, the last that came is the newest.
local function is_later(version, other)
    local its, than = number(version), number(other)
    return not its or not than or its > than
end

-- Asks a server for its state; returns its version, and the state as JSON, or nothing.
local function ask(server)
    local name, socket = server:get_name(), core.tcp()
    local reply = ""
    socket:settimeout(1)
    if socket:connect(server:get_addr()) then
        socket:send("GET /ready HTTP/1.1\r\nHost: replica\r\nConnection: close\r\n\r\n")
        reply = socket:receive("*a") or ""
    end
    socket:close()
    local version = reply:match("^HTTP/1.1 200") and reply:match('"version":"([^"]+)"')
    served[name] = version
    if not version then return end
    if version ~= last[name] then
        last[name] = version
        if is_later(version, newest) then newest = version end
    end
    return version, reply:match("\r\n\r\n(.*)")
end

local function follow(server)
    while true do
        ask(server)
        core.msleep(PERIOD)
    end
end

core.register_init(function()
    for name, server in pairs(core.backends[BACKEND].servers) do
        if not name:match("%-anyway$") then
            servers[#servers + 1] = server
            core.register_task(follow, server)
        end
    end
end)

local function choose(version, or_later)
    local names = {}
    for name, its in pairs(served) do
        if its == version or or_later and number(its) and number(version) and is_later(its, version) then
            names[#names + 1] = name
        end
    end
    return names[1] and names[math.random(#names)]
end

-- Sets txn.server to a server with the version that the request names; `V..` names the version V of a store and each later
-- one. A version that was is not waited for: a server says 409, and the name of its own.
core.register_action("find_server", { "http-req" }, function(txn)
    local named = txn.sf:url_param("version")
    local open = named:match("^(.*)%.%.$")
    local version, waited = open or named, 0
    while true do
        local name = choose(version, open)
        if name then return txn:set_var("txn.server", name) end
        if waited >= PATIENCE or not (number(version) and is_later(version, newest)) then return end
        core.msleep(PERIOD)
        waited = waited + PERIOD
    end
end)

-- Answers /ready with the state of a server that has the newest version, or else of any that is ready.
core.register_service("ready", "http", function(applet)
    local state
    for _, server in ipairs(servers) do
        local version, its = ask(server)
        state = its or state
        if version == newest then break end
    end
    applet:set_status(state and 200 or 503)
    state = state or '{"status":"no server is ready"}\n'
    applet:add_header("Content-Type", "application/json")
    applet:add_header("Cache-Control", "no-store")
    applet:add_header("Content-Length", #state)
    applet:start_response()
    applet:send(state)
end)
