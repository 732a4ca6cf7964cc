#!/usr/bin/env bash
# The command as a client of OpenSSL's server: stapling, clients' certificates, data.
source "$(dirname "$0")/support.sh"
issue alice DNS:alice
printf 'V\t350101000000Z\t\t%s\tunknown\t/CN=server\n' \
    "$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)" >ocsp.txt
openssl ocsp -issuer ca.pem -cert server.pem -reqout request.der -no_nonce >ocsp.log 2>&1 &&
    openssl ocsp -index ocsp.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin request.der -respout response.der \
        -ndays 30 >ocsp.log 2>&1 || fail "openssl ocsp" ocsp.log

for version in 1_2 1_3; do
    # -status_file, -Verify, -rev at once.
    s_server "-tls$version" -status_file response.der -CAfile ca.pem -Verify 1 -verify_return_error -rev
    talk "$polytls" connect --json --ca ca.pem --cert alice.pem --key alice.key --request-ocsp "localhost:$port"
    wait_for heard '"secureConnect"'
    expect heard "\"OCSPResponse\",\"id\":1,\"length\":$(stat -c %s response.der)" \
        "\"secureConnect\",\"id\":1,\"protocol\":\"TLSv${version/_/.}\".*\"authorized\":true"
    say 'drawer\n'
    wait_for heard '"data","id":1,"length":7'
    hang_up
    [[ $(events_of heard) == 'OCSPResponse secureConnect '*' data '*'close' ]] || fail "the order of the events" heard
    expect heard '"close","id":1,"hadError":false'
    expect s_server 'CN = alice'

    # What comes back, as a person sees it: the peer alone on standard output.
    s_server "-tls$version" -rev
    talk "$polytls" connect --ca ca.pem "localhost:$port"
    say 'drawer\n'
    wait_for heard '^reward$'
    hang_up

    # Without a certificate, and with one that does not verify, the server refuses: under TLS 1.3
    # only after we have called the connection secure.
    s_server "-tls$version" -CAfile ca.pem -Verify 1 -verify_return_error -www
    expect_status 1 "$polytls" connect --json --ca ca.pem --send $'GET / HTTP/1.0\r\n\r\n' "localhost:$port"
    expect out '"error","id":1,"error":\{"code":"ALERT_RECEIVED".*"alert":"(certificate_required|handshake_failure)"'
    openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30 -keyout mallory.key \
        -out mallory.pem -subj "/CN=mallory" 2>/dev/null
    expect_status 1 "$polytls" connect --json --ca ca.pem --cert mallory.pem --key mallory.key \
        --send $'GET / HTTP/1.0\r\n\r\n' "localhost:$port"
    expect out '"error","id":1,"error":\{"code":"ALERT_RECEIVED".*"alert":"(unknown_ca|bad_certificate)"'
done
