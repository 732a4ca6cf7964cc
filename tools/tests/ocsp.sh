#!/usr/bin/env bash
# Stapled OCSP responses, made and judged by OpenSSL.
source "$(dirname "$0")/support.sh"

serial=$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)
printf 'V\t350101000000Z\t\t%s\tunknown\t/CN=server\n' "$serial" >ocsp.txt
openssl ocsp -issuer ca.pem -cert server.pem -reqout request.der -no_nonce >ocsp.log 2>&1 ||
    fail "openssl ocsp makes no request" ocsp.log
openssl ocsp -index ocsp.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin request.der -respout response.der \
    -ndays 30 >ocsp.log 2>&1 || fail "openssl ocsp makes no response" ocsp.log
length=$(stat -c %s response.der)

for version in 1_2 1_3; do
    # As a server, asked by s_client.
    serve --cert server.pem --key server.key --ca ca.pem --ocsp-response response.der --ocsp-delay 20
    s_client "-tls$version" -status
    hang_up
    expect heard 'OCSP Response Status: successful' 'Cert Status: good'
    expect_events serve.json 'listening connection OCSPRequest secureConnection end close'
    expect serve.json '"OCSPRequest","certificateLength":[1-9][0-9]*,"issuerLength":[1-9]'

    # As a client of s_server.
    s_server "-tls$version" -www -status_file response.der
    expect_status 0 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
    expect out "\"OCSPResponse\",\"id\":1,\"length\":$length"
    [[ $(events_of out) == 'OCSPResponse secureConnect '* ]] || fail "the response comes too late" out

    # Between two of ours.
    max=TLSv${version/_/.}
    serve --cert server.pem --key server.key --max-version "$max" --ocsp-response response.der
    expect_status 0 "$polytls" connect --json --ca ca.pem --end "localhost:$port"
    expect_not out OCSP
    expect_not serve.json OCSP
    expect_status 0 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
    expect out "\"OCSPResponse\",\"id\":1,\"length\":$length"
    serve --cert server.pem --key server.key --max-version "$max" --ocsp-answer none
    expect_status 0 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
    expect out '"OCSPResponse","id":1,"length":0'
    serve --cert server.pem --key server.key --max-version "$max" --ocsp-answer error
    expect_status 1 "$polytls" connect --json --ca ca.pem --request-ocsp --end "localhost:$port"
    expect_events serve.json 'listening connection OCSPRequest clientError close'
    expect serve.json '"clientError".*"--ocsp-answer error"'
done
