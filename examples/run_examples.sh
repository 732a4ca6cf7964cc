#!/usr/bin/env bash
# Runs the examples against each other, with certificates made here.
# usage: run_examples.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail

programs=$1
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $1" >&2
    cat "$work/server" "$work/out" >&2 || true
    exit 1
}

# wait_for PATTERN: until a line of the server's output matches; half a minute at most.
wait_for() {
    local tries=600
    until grep -q -- "$1" "$work/server"; do
        ((--tries > 0)) || fail "the server does not say: $1"
        sleep 0.05
    done
}

# make NAME: a self-signed certificate for localhost and its address.
make() {
    openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30 -keyout "$work/$1.key" \
        -out "$work/$1.pem" -subj "/CN=$1" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
}

make server
make client
"$programs/example_echo_server" 0 "$work/server.key" "$work/server.pem" "$work/client.pem" >"$work/server" &
servers+=($!)
wait_for 'bound to port'
port=$(sed -n 's/.*bound to port //p' "$work/server")
[[ -n $port ]] || fail "the server does not listen"

timeout 30 "$programs/example_echo_client" "$port" "$work/client.key" "$work/client.pem" "$work/server.pem" \
    "hello there" >"$work/out" 2>&1 || fail "the client failed"
for line in 'client connected authorized' 'welcome!' 'hello there'; do
    grep -qx "$line" "$work/out" || fail "the client did not print: $line"
done
grep -qx 'server connected authorized' "$work/server" || fail "the client was not authorized"

timeout 30 "$programs/example_readme" localhost "$port" "$work/server.pem" >"$work/out" 2>&1 || fail "readme failed"
grep -q '^TLSv1.3 TLS_' "$work/out" && grep -q 'welcome!' "$work/out" || fail "readme printed something else"

# Not built by compilers without coroutines.
if [[ -x $programs/example_coroutine_client ]]; then
    openssl s_server -accept 0 -cert "$work/server.pem" -key "$work/server.key" -www >"$work/server" 2>&1 &
    servers+=($!)
    wait_for '^ACCEPT'
    port=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' "$work/server")
    # By its address: Asio's resolver needs a hosts file to know localhost.
    timeout 30 "$programs/example_coroutine_client" 127.0.0.1 "$port" "$work/server.pem" </dev/null >"$work/out" 2>&1 ||
        fail "coroutine_client failed"
    grep -q 'TLSv1.3' "$work/out" || fail "coroutine_client printed something else"
fi
