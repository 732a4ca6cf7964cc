#!/usr/bin/env bash
# Handshakes on standing connections, and their limit, with OpenSSL's client and server.
source "$(dirname "$0")/support.sh"

# R pressed five times: three pass, the fourth ends the connection, and the server goes on.
serve --cert server.pem --key server.key --max-version TLSv1.2
s_client
wait_for heard 'Verify return code'
for press in 1 2 3 4; do
    say 'R\n'
    tries=600
    until (($(grep -c '^RENEGOTIATING' heard) >= press)); do
        ((--tries > 0)) || fail "s_client does not renegotiate" heard
        sleep 0.02
    done
done
wait_for serve.json '"close","id":1'
say 'R\n'
hang_up
expect_events serve.json 'listening connection secureConnection error close'
expect serve.json '"error","id":1.*"code":"RENEGOTIATION_ATTACK".*renegotiation attack' '"close","id":1,"hadError":true'
expect_status 0 "$polytls" connect --json --ca ca.pem --renegotiate 3 --send x --end "localhost:$port"
expect_events serve.json 'connection secureConnection data end close' 2

# The limit is the server's choice; 0 forbids it.
serve --cert server.pem --key server.key --max-version TLSv1.2 --client-reneg-limit 5
expect_status 0 "$polytls" connect --json --ca ca.pem --renegotiate 5 --send x --end "localhost:$port"
expect_times 5 '"event":"renegotiate","id":1,"protocol"' out
[[ $(events_of out) == 'secureConnect '*' data end close' ]] || fail "the connection does not live on" out
serve --cert server.pem --key server.key --max-version TLSv1.2 --client-reneg-limit 0
expect_status 1 "$polytls" connect --json --ca ca.pem --renegotiate 1 --end "localhost:$port"
expect_events serve.json 'listening connection secureConnection error close'
expect serve.json '"error","id":1.*RENEGOTIATION_ATTACK'
serve --cert server.pem --key server.key --max-version TLSv1.2 --no-renegotiation
expect_status 1 "$polytls" connect --json --ca ca.pem --renegotiate 1 --end "localhost:$port"
expect out '"renegotiate".*"error"'

# TLS 1.3 has none, which harms nothing.
serve --cert server.pem --key server.key
expect_status 1 "$polytls" connect --json --ca ca.pem --renegotiate 1 --end "localhost:$port"
expect out '"renegotiate".*RENEGOTIATION_UNAVAILABLE' '"close".*"hadError":false'
expect_events serve.json 'listening connection secureConnection end close'
