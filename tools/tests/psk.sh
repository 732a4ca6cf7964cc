#!/usr/bin/env bash
# Pre-shared keys, against OpenSSL's command.
source "$(dirname "$0")/support.sh"

key=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
other=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "$key" >key
echo "$other" >other
suites=ECDHE-PSK-CHACHA20-POLY1305:PSK-AES128-GCM-SHA256

# As a server: s_client with the right key, with another, and under another name.
for version in 1_2 1_3; do
    for certificate in '' '--cert server.pem --key server.key'; do
        # shellcheck disable=SC2086
        serve --psk-identity alice --psk-file key --psk-hint house --ciphers "$suites" $certificate
        timeout 60 openssl s_client -connect "localhost:$port" "-tls$version" -psk_identity alice -psk "$key" \
            -cipher "PSK:@SECLEVEL=2" </dev/null >out 2>&1 || fail "s_client -psk" out
        wait_for serve.json "\"secureConnection\".*\"protocol\":\"TLSv${version/_/.}\".*\"authorized\":true.*\"pskIdentity\":\"alice\""
        for wrong in "alice $other" "bob $key"; do
            ! timeout 60 openssl s_client -connect "localhost:$port" "-tls$version" -psk_identity "${wrong% *}" \
                -psk "${wrong#* }" -cipher "PSK:@SECLEVEL=2" -CAfile ca.pem -verify_return_error </dev/null >out 2>&1 ||
                expect out 'Verification: OK'
        done
    done
done
expect_not serve.json "$key"

# As a client of s_server.
for version in 1_2 1_3; do
    openssl s_server -accept 0 -nocert "-tls$version" -psk_identity alice -psk "$key" -psk_hint house \
        -cipher "PSK:@SECLEVEL=2" -www >s_server$version.out 2>&1 &
    background+=($!)
    wait_for s_server$version.out '^ACCEPT'
    theirs=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' s_server$version.out)
    expect_status 0 "$polytls" connect --json --psk-identity alice --psk-file key --ciphers "$suites" \
        --send $'GET / HTTP/1.0\r\n\r\n' "localhost:$theirs"
    expect out "\"secureConnect\".*\"protocol\":\"TLSv${version/_/.}\".*\"authorized\":true.*\"pskIdentity\":\"alice\""
    expect_status 1 "$polytls" connect --json --psk-identity alice --psk-file other --ciphers "$suites" "localhost:$theirs"
    expect_not out '"secureConnect"'
done

# Both ends ours, with the key on the command line.
serve --psk "$key" --ciphers "$suites"
expect_status 0 "$polytls" connect --json --psk "$key" --ciphers "$suites" --end "localhost:$port"
expect out '"pskIdentity":"Client_identity"'

# What is no key is named, and never shown.
echo 'my secret word' >word
expect_status 2 "$polytls" connect --psk-file word "localhost:$port"
expect out '--psk-file word: not a key in hexadecimal'
expect_not out 'secret'
expect_status 2 "$polytls" connect --psk abc "localhost:$port"
expect out '--psk: not a key in hexadecimal'
expect_status 2 "$polytls" serve --psk-identity alice 0
expect out '--psk-identity needs --psk-file or --psk'
expect_status 2 "$polytls" serve --psk-file nowhere 0
expect out '--psk-file.*nowhere'
