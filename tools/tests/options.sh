#!/usr/bin/env bash
# The flags of connect and serve, between two of ours.
source "$(dirname "$0")/support.sh"

# Standard input goes to the peer, what comes back to standard output.
serve --cert server.pem --key server.key --once 1
seq 1 20000 >numbers
"$polytls" connect --ca ca.pem "localhost:$port" <numbers >echoed 2>events
cmp numbers echoed || fail "the echo differs" events
expect events '^secureConnect' '^close'
wait "$server" || fail "--once 1 did not end in status 0" serve.json
expect serve.json '"connection","id":1' '"secureConnection","id":1' '"end","id":1' '"close","id":1'

# A unix socket.
"$polytls" serve --json --cert server.pem --key server.key --once 1 --unix tls.sock >unix.json 2>&1 &
background+=($!)
unix_server=$!
wait_for unix.json '"listening"'
printf 'over a path' | "$polytls" connect --ca ca.pem --unix tls.sock >out 2>events
expect out '^over a path$'
wait "$unix_server" || fail "the server on a path did not end in status 0" unix.json
[[ ! -e tls.sock ]] || fail "the socket's file is left behind"

# Names.
issue named DNS:named.example.com
serve --cert server.pem --key server.key --sni '*.example.com=named.pem,named.key' --sni-delay 50
expect_status 0 "$polytls" connect --json --show --ca ca.pem --servername named.example.com \
    --reject-unauthorized=0 --end "localhost:$port"
expect out '"subject":\{"CN":"named"\}' '"servername":"named.example.com"'
for answer in none:0 error:1; do
    serve --cert server.pem --key server.key --sni-answer "${answer%:*}"
    expect_status "${answer#*:}" "$polytls" connect --json --ca ca.pem --end "localhost:$port"
done
expect out '"code":"ALERT_RECEIVED".*"alert":"unrecognized_name"'
wait_for serve.json '"clientError"'

# Clients' certificates.
issue alice DNS:alice
serve --cert server.pem --key server.key --ca ca.pem --request-cert --reject-unauthorized
expect_status 0 "$polytls" connect --json --ca ca.pem --cert alice.pem --key alice.key --end "localhost:$port"
wait_for serve.json '"secureConnection".*"authorized":true'
expect_status 1 "$polytls" connect --json --ca ca.pem --max-version TLSv1.2 --end "localhost:$port"
wait_for serve.json '"clientError".*CERTIFICATE_REQUIRED'

# Protocols, versions, suites.
serve --cert server.pem --key server.key --alpn h2,http/1.1
expect_status 0 "$polytls" connect --json --ca ca.pem --alpn http/1.1 --max-version TLSv1.2 \
    --ciphers ECDHE-ECDSA-CHACHA20-POLY1305 --ecdh-curve P-384:P-256 --end "localhost:$port"
expect out '"protocol":"TLSv1.2","cipher":"ECDHE-ECDSA-CHACHA20-POLY1305"' '"alpnProtocol":"http/1.1"'
expect_status 1 "$polytls" connect --json --ca ca.pem --alpn imap --end "localhost:$port"
expect out '"alert":"no_application_protocol"'

# Sessions.
for version in TLSv1.2 TLSv1.3; do
    serve --cert server.pem --key server.key --max-version "$version"
    printf 'hello' | "$polytls" connect --json --ca ca.pem --session-out session "localhost:$port" >out
    [[ -s session ]] || fail "no session was kept" out
    expect_status 0 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    expect out '"secureConnect".*"reused":true'
    serve --cert server.pem --key server.key --max-version "$version" --no-tickets
    expect_status 0 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    expect out '"secureConnect".*"reused":false'
done

# The report.
expect_status 0 "$polytls" backends --json
expect out '"name": "' '"tls1_3"'
expect_status 0 "$polytls" backends
