#!/usr/bin/env bash
# The command against openssl and curl, as server and as client.
source "$(dirname "$0")/support.sh"

# As a server.
echo "hello from polytls" >body
serve --cert server.pem --key server.key --respond body
expect_status 0 curl -sS --cacert ca.pem "https://localhost:$port/"
expect out '^hello from polytls$'
wait_for serve.json '"secureConnection".*"protocol":"TLSv1.3","cipher":"TLS_'
expect_status 0 openssl s_client -connect "127.0.0.1:$port" -CAfile ca.pem -verify_return_error \
    -verify_hostname localhost -brief
expect out 'Verification: OK'

# A client that does not speak TLS is one clientError, and the server goes on.
printf 'GET / HTTP/1.0\r\n\r\n' | timeout 30 bash -c "cat >/dev/tcp/127.0.0.1/$port"
wait_for serve.json '"clientError".*WRONG_VERSION_NUMBER.*wrong version number'
expect_status 0 curl -sS --cacert ca.pem "https://localhost:$port/"

# As a client.
openssl s_server -accept 0 -cert server.pem -key server.key -www >s_server.out 2>&1 &
background+=($!)
wait_for s_server.out '^ACCEPT'
theirs=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' s_server.out)
expect_status 0 "$polytls" connect --json --show --ca ca.pem --send $'GET / HTTP/1.0\r\n\r\n' "localhost:$theirs"
expect out '"secureConnect".*"authorized":true' '"peerCertificate":\{"subject":\{"CN":"server"\}'
expect out '"nistCurve":"P-256"' '"issuerCertificate":\{"subject":\{"CN":"ca"\}.*"issuerCertificate":"self"'
make_ca other
expect_status 1 "$polytls" connect --json --ca other.pem --end "localhost:$theirs"
expect out '"code":"UNABLE_TO_VERIFY_LEAF_SIGNATURE".*"alert":"unknown_ca"'
expect_status 0 "$polytls" connect --json --ca other.pem --insecure --end "localhost:$theirs"
expect out '"authorized":false.*"authorizationError":"UNABLE_TO_VERIFY_LEAF_SIGNATURE"'
expect_status 0 "$polytls" connect --json --ca other.pem --reject-unauthorized=0 --end "localhost:$theirs"

for fault in wrong:ALTNAME_INVALID expired:CERT_HAS_EXPIRED; do
    name=${fault%:*}
    case $name in
    wrong) issue wrong DNS:example.org ;;
    expired) issue expired DNS:localhost '-9 days' '-2 days' ;;
    esac
    openssl s_server -accept 0 -cert "$name.pem" -key "$name.key" -www >"$name.out" 2>&1 &
    background+=($!)
    wait_for "$name.out" '^ACCEPT'
    theirs=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' "$name.out")
    expect_status 1 "$polytls" connect --json --ca ca.pem --end "localhost:$theirs"
    expect out "\"code\":\"${fault#*:}\""
    expect_not out '"secureConnect"'
done

# Nobody there.
kill "$server"
wait "$server" || true
expect_status 3 "$polytls" connect --json --ca ca.pem "127.0.0.1:$port"
expect out '"code":"ECONNREFUSED"'
