#!/usr/bin/env bash
# The flags of connect and serve that are about traffic: what is sent and how, limits, ends, and TLS in TLS.
source "$(dirname "$0")/support.sh"
good=(--cert server.pem --key server.key)
ours=("$polytls" connect --json --ca ca.pem)

# Each --send leaves as a record of its own; --cork has them leave together; --max-send-fragment
# bounds the records.
records_read() {
    awk '/^<<< .*RecordHeader/ { getline; if ($1 == "17") printf "%s%s ", $4, $5 }' s_server
}

expect_records() {
    local wanted=$1
    shift
    s_server -tls1_2 -rev -msg
    expect_status 0 "${ours[@]}" "$@" --end "localhost:$port"
    wait_for s_server '^CONNECTION CLOSED'
    [[ $(records_read) == "$wanted" ]] || fail "records of $(records_read)bytes, not of $wanted" s_server
}

# Three bytes or six, and 24 around them.
expect_records '001b 001b 001e ' --send one --send two --send $'three\n'
expect_records '0024 ' --send one --send two --send $'three\n' --cork
expect_records '0218 0218 00c9 ' --max-send-fragment 512 --send "$(printf '%01200d' 0)"$'\n'

for version in TLSv1.2 TLSv1.3; do
    # What is above the mark is told of once it has left: drain.
    serve "${good[@]}" --max-version "$version"
    timeout 60 "${ours[@]}" --send "$(printf '%0100000d' 0)" "localhost:$port" >told 2>&1 &
    background+=($!)
    wait_for told '"drain","id":1'
    kill "${background[-1]}"

    # --send BYTES of the server.
    serve "${good[@]}" --max-version "$version" --send 100000
    "$polytls" connect --ca ca.pem "localhost:$port" </dev/null >back 2>told
    (($(stat -c %s back) == 100000)) || fail "not all that was sent" told
done

# --timeout is told, and the connection goes on.
serve "${good[@]}" --timeout 30
talk "${ours[@]}" --timeout 30 "localhost:$port"
wait_for serve.json '"timeout","id":1'
wait_for heard '"timeout","id":1'
say 'still here'
wait_for heard '"data","id":1,"length":10'
hang_up
expect heard '"close","id":1,"hadError":false'

# --discard: nothing comes back.
serve "${good[@]}" --discard
expect_status 0 "${ours[@]}" --send x --end "localhost:$port"
expect_not out '"data"'
expect_events serve.json 'listening connection secureConnection data end close'

# --handshake-timeout, --destroy.
serve "${good[@]}" --handshake-timeout 30
exec {silent}<>"/dev/tcp/127.0.0.1/$port"
expect_events serve.json 'listening connection clientError close'
expect serve.json '"clientError","id":1.*"code":"HANDSHAKE_TIMED_OUT"'
exec {silent}>&-
expect_status 0 "${ours[@]}" --send lost --destroy "localhost:$port"
expect out '"close","id":1,"hadError":false'
wait_for serve.json '"close","id":2'

# --max-connections: the one above is dropped, and told.
serve "${good[@]}" --max-connections 1
talk "${ours[@]}" "localhost:$port"
wait_for serve.json '"secureConnection","id":1'
expect_status 3 "${ours[@]}" --end "localhost:$port"
expect out '"error","id":1,"error":\{"code":"ECONNRESET"'
wait_for serve.json '"drop","port":[0-9]+,"family":"IPv4","address":"127.0.0.1"'
hang_up
wait_for serve.json '"close","id":1'
expect_status 0 "${ours[@]}" --end "localhost:$port"

# --allow-half-open: the answer comes after the question's end.
s_server -rev
printf 'drawer' | "$polytls" connect --ca ca.pem --allow-half-open "localhost:$port" >out 2>told
expect told '^close'

# --via-tls: openssl's server is the outer end, and passes on to a server of ours.
listens() {
    grep -qi "^ *[0-9]*: 0100007F:$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp
}

# outer_end FLAG...: a TLS server on `outer` whose plain side is a connection to `port`.
outer_end() {
    local tries=600
    exec {inner}<>"/dev/tcp/127.0.0.1/$port"
    # -quiet, without which its own words would mingle with the data, keeps the port from being told.
    outer=0
    until ((outer != 0)) && listens "$outer"; do
        ((--tries > 0)) || fail "openssl s_server does not listen" outer.log
        if ! kill -0 "${passing:-0}" 2>/dev/null || ((outer == 0)); then
            outer=$((20000 + RANDOM % 12000))
            openssl s_server -accept "127.0.0.1:$outer" -cert server.pem -key server.key -quiet "$@" \
                <&"$inner" >&"$inner" 2>outer.log &
            passing=$!
            background+=("$passing")
        fi
        sleep 0.02
    done
    exec {inner}>&-
}

for version in 1_2 1_3; do
    issue inside DNS:inside.test
    serve --cert inside.pem --key inside.key --once 1
    outer_end "-tls$version"
    printf 'through both' | "${ours[@]}" --via-tls "localhost:$outer" --allow-half-open inside.test:443 >out ||
        fail "TLS in TLS" out outer.log serve.json
    expect out "\"secureConnect\",\"id\":1,\"protocol\":\"TLSv${version/_/.}\".*\"via\":\"localhost:$outer\"" \
        '"secureConnect","id":1,.*"servername":"inside.test","reused":false}$' '"data","id":1,"length":12' \
        '"close","id":1,"hadError":false'
    wait "$server" || fail "the inner server" serve.json
    expect_events serve.json 'listening connection secureConnection data end close close'
    kill "$passing" 2>/dev/null || true
done
make_ca other
serve "${good[@]}"
expect_status 1 "$polytls" connect --json --ca other.pem --via-tls "localhost:$port" inside.test:443
expect out "\"error\",\"id\":1,.*UNABLE_TO_VERIFY_LEAF_SIGNATURE.*\"via\":\"localhost:$port\"" '"close","id":1,"hadError":true'
expect_not out '"secureConnect"'
kill "$server"
wait "$server" || true
expect_status 3 "${ours[@]}" --via-tls "127.0.0.1:$port" inside.test:443
expect out '"ECONNREFUSED".*"via"'
expect_status 2 "${ours[@]}" --via-tls nowhere inside.test:443
expect out '"input":"--via-tls"'
expect_status 2 "${ours[@]}" --cork --end "localhost:$port"
expect out 'INVALID_ARGUMENT.*--cork'
