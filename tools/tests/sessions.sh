#!/usr/bin/env bash
# Sessions, tickets, OCSP, renegotiation, NPN and the key log, against OpenSSL's command.
source "$(dirname "$0")/support.sh"

# Sessions in a folder that two servers share, by id and under TLS 1.3 by a ticket that is one.
mkdir sessions
for version in TLSv1.2 TLSv1.3; do
    serve --cert server.pem --key server.key --max-version "$version" --session-dir sessions
    printf 'hello' | "$polytls" connect --json --ca ca.pem --session-out session "localhost:$port" >out
    expect serve.json '"newSession".*"id":"[0-9a-f]{64}"'
    serve --cert server.pem --key server.key --max-version "$version" --session-dir sessions --session-delay 20
    expect_status 0 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    expect serve.json '"resumeSession".*"length":[1-9]'
    expect out '"secureConnect".*"reused":true'
    serve --cert server.pem --key server.key --max-version "$version" --session-dir sessions --session-answer none
    expect_status 0 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    expect out '"secureConnect".*"reused":false'
    serve --cert server.pem --key server.key --max-version "$version" --session-dir sessions --session-answer error
    expect_status 1 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    wait_for serve.json '"clientError".*"--session-answer error"'
done

# Tickets of two servers with the same keys, and with others.
head -c 48 /dev/urandom >keys
head -c 48 /dev/urandom >others
serve --cert server.pem --key server.key --ticket-keys keys
printf 'hello' | "$polytls" connect --json --ca ca.pem --session-out session "localhost:$port" >out
for file in keys:true others:false; do
    serve --cert server.pem --key server.key --ticket-keys "${file%:*}"
    expect_status 0 "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    expect out "\"secureConnect\".*\"reused\":${file#*:}"
done
head -c 47 /dev/urandom >short
expect_status 2 "$polytls" serve --cert server.pem --key server.key --ticket-keys short 0
expect out '--ticket-keys.*47 bytes instead of 48'

# s_client's own way to resume: five more connections, and a session kept in a file.
for how in '' "--session-dir sessions"; do
    # shellcheck disable=SC2086
    serve --cert server.pem --key server.key --max-version TLSv1.2 $how
    openssl s_client -connect "localhost:$port" -CAfile ca.pem -reconnect </dev/null >reconnect 2>&1 || true
    (($(grep -c '^Reused, TLSv1.2' reconnect) == 5)) || fail "not resumed five times" reconnect
done
for version in 1_2 1_3; do
    serve --cert server.pem --key server.key
    (sleep 1) | openssl s_client -connect "localhost:$port" -CAfile ca.pem "-tls$version" -sess_out sess >out 2>&1 || true
    openssl s_client -connect "localhost:$port" -CAfile ca.pem "-tls$version" -sess_in sess </dev/null >out 2>&1 || true
    expect out '^Reused, TLSv1'
done
serve --cert server.pem --key server.key
expect_status 0 "$polytls" connect --json --ca ca.pem --reconnect 2 --send x --end "localhost:$port"
(($(grep -c '"secureConnect".*"reused":true' out) == 2)) || fail "--reconnect did not resume" out

# OCSP: a response made and judged by OpenSSL.
serial=$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)
printf 'V\t350101000000Z\t\t%s\tunknown\t/CN=server\n' "$serial" >ocsp.txt
openssl ocsp -index ocsp.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert server.pem \
    -reqout request.der -no_nonce >/dev/null 2>&1 || true
openssl ocsp -index ocsp.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin request.der -respout response.der \
    -ndays 30 >ocsp.log 2>&1 || fail "openssl ocsp" ocsp.log
for version in 1_2 1_3; do
    serve --cert server.pem --key server.key --ca ca.pem --ocsp-response response.der --ocsp-delay 20
    openssl s_client -connect "localhost:$port" -CAfile ca.pem -status "-tls$version" </dev/null >out 2>&1 || true
    expect out 'OCSP Response Status: successful' 'Cert Status: good'
    expect serve.json '"OCSPRequest".*"issuerLength":[1-9]'
done
expect_status 0 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
expect out "\"OCSPResponse\",\"id\":1,\"length\":$(stat -c %s response.der)"
serve --cert server.pem --key server.key --ocsp-answer none
expect_status 0 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
expect out '"OCSPResponse","id":1,"length":0'
serve --cert server.pem --key server.key --ocsp-answer error
expect_status 1 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
wait_for serve.json '"clientError".*"--ocsp-answer error"'

# R pressed five times: three pass.
serve --cert server.pem --key server.key --max-version TLSv1.2
for _ in 1 2 3 4 5; do
    printf 'R\n'
    sleep 0.3
done | openssl s_client -connect "localhost:$port" -CAfile ca.pem >out 2>&1 || true
wait_for serve.json '"error","id":1.*RENEGOTIATION_ATTACK'
(($(grep -c '^RENEGOTIATING' out) >= 4)) || fail "s_client did not renegotiate" out
wait_for serve.json '"close","id":1'
serve --cert server.pem --key server.key --max-version TLSv1.2 --client-reneg-limit 5
expect_status 0 "$polytls" connect --json --ca ca.pem --renegotiate 5 --send x --end "localhost:$port"
(($(grep -c '"event":"renegotiate"' out) == 5)) || fail "--renegotiate 5 did not" out
serve --cert server.pem --key server.key
expect_status 1 "$polytls" connect --json --ca ca.pem --renegotiate 1 --end "localhost:$port"
expect out '"renegotiate".*RENEGOTIATION_UNAVAILABLE' '"close".*"hadError":false'

# NPN and ALPN.
serve --cert server.pem --key server.key --max-version TLSv1.2 --npn spdy/3,http/1.1
openssl s_client -connect "localhost:$port" -CAfile ca.pem -tls1_2 -nextprotoneg http/1.1 </dev/null >out 2>&1 || true
expect out 'Next protocol: \(1\) http/1.1'
wait_for serve.json '"secureConnection".*"npnProtocol":"http/1.1"'
expect_status 0 "$polytls" connect --json --ca ca.pem --npn http/1.1,spdy/3 --end "localhost:$port"
expect out '"npnProtocol":"spdy/3"'
serve --cert server.pem --key server.key --alpn h2
openssl s_client -connect "localhost:$port" -CAfile ca.pem -alpn h2 -servername localhost </dev/null >out 2>&1 || true
expect out '^ALPN protocol: h2'
wait_for serve.json '"secureConnection".*"servername":"localhost","alpnProtocol":"h2"'

# The key log: both ends tell the same, and so does s_client.
serve --cert server.pem --key server.key --keylog server.keys
expect_status 0 "$polytls" connect --json --ca ca.pem --keylog client.keys --end "localhost:$port"
expect out '"keylog","id":1,"label":"CLIENT_TRAFFIC_SECRET_0"'
grep TRAFFIC client.keys | sort >client.sorted
grep TRAFFIC server.keys | sort >server.sorted
cmp client.sorted server.sorted || fail "the logs differ" client.keys server.keys
[[ $(stat -c %a client.keys) == 600 ]] || fail "others may read the key log"
openssl s_client -connect "localhost:$port" -CAfile ca.pem -keylogfile peer.keys </dev/null >out 2>&1 || true
while read -r label random secret; do
    expect server.keys "^$label $random $secret$"
done < <(grep -E '^(CLIENT|SERVER)_' peer.keys)
expect_status 2 "$polytls" serve --cert server.pem --key server.key --keylog /nowhere/at/all 0
expect out '--keylog: cannot write /nowhere/at/all'

# openssl s_server staples, asks for certificates.
openssl s_server -accept 0 -cert server.pem -key server.key -status_file response.der -CAfile ca.pem -Verify 1 \
    -rev >s_server.log 2>&1 &
background+=($!)
wait_for s_server.log '^ACCEPT .*:[0-9]+'
peer=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server.log)
issue alice DNS:alice
printf 'drawer\n' | "$polytls" connect --ca ca.pem --cert alice.pem --key alice.key --request-ocsp \
    --allow-half-open "localhost:$peer" >out 2>events &
background+=($!)
wait_for out '^reward$'
expect events "OCSPResponse.*$(stat -c %s response.der)"
