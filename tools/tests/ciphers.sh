#!/usr/bin/env bash
# `polytls ciphers`: what a library can do, and what a list makes of it.
source "$(dirname "$0")/support.sh"

# names LIST: the names that --json gives for it, ':' between.
names() {
    "$polytls" ciphers --json "$1" | sed -n 's/^ *"name": "\(.*\)",$/\1/p' | paste -sd:
}

# expect_names LIST WANTED
expect_names() {
    local given
    given=$(names "$1")
    [[ $given == "$2" ]] || fail "'$1' gives $given, not $2"
}

# Every suite, with the reason where a certificate is not enough.
expect_status 0 "$polytls" ciphers
expect out '^[a-z]+ [0-9.]+$' \
    '^  TLS_AES_128_GCM_SHA256 +TLSv1\.3 +any +any +AESGCM\(128\) +AEAD +default$' \
    '^  ECDHE-RSA-AES128-GCM-SHA256 +TLSv1\.2 +ECDH +RSA +AESGCM\(128\) +AEAD +default$'
expect_not out 'NULL|RC4|MD5|ADH'
expect_not out ' $'
expect_status 0 "$polytls" ciphers --json
expect out '"backend": "[a-z]+"' '"standardName": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"' '"id": "0xc02f"' \
    '"support": "yes"' '"default": true'

# Lists.
tls1_3=$(names 'AES128-GCM-SHA256' | sed 's/:[^:]*$//')
[[ $tls1_3 == TLS_*:TLS_* ]] || fail "a list without suites of TLS 1.3 loses them: $tls1_3"
expect_names 'TLS_AES_128_GCM_SHA256:ECDHE+AES128+AESGCM:+aECDSA' \
    TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256
expect_names 'kRSA+AESGCM:-AES256:!SHA1:@STRENGTH' "$tls1_3:AES128-GCM-SHA256"
expect_names 'TLS_AES_128_GCM_SHA256:DHE-RSA-AES128-GCM-SHA256' \
    TLS_AES_128_GCM_SHA256:DHE-RSA-AES128-GCM-SHA256
expect_status 0 "$polytls" ciphers DHE-RSA-AES128-SHA
expect out '^  DHE-RSA-AES128-SHA .* a server needs dhparam$'
expect_not out '^  DHE.*default'

# The same suites in the same order as OpenSSL has them, of those that the backend has.
of_openssl=$(openssl ciphers -ciphersuites '' 'HIGH:!aNULL:!kRSA:!PSK:!SRP:@STRENGTH')
ours=":$(names 'HIGH:!aNULL:!kRSA:!PSK:!SRP:@STRENGTH'):"
wanted=$tls1_3
for name in ${of_openssl//:/ }; do
    [[ $ours != *:$name:* ]] || wanted+=:$name
done
[[ $ours == ":$wanted:" ]] || fail "HIGH gives $ours, not $wanted"

# Every default suite is what an empty wish gives, and nothing else.
expect_names DEFAULT "$("$polytls" ciphers | sed -n 's/^  \([^ ]*\) .* default.*/\1/p' | paste -sd:)"

# refused PATTERN FLAG...: ends with one line that says why.
refused() {
    local pattern=$1
    shift
    expect_status 2 "$polytls" ciphers "$@"
    expect out "$pattern"
    (($(wc -l <out) == 1)) || fail "not one line: $*" out
}

for json in '' --json; do
    refused 'UNKNOWN_CIPHER.*HIHG' 'HIGH:!HIHG' $json
    refused 'NO_CIPHER_MATCH.*no cipher match' '' $json
    refused 'NO_CIPHER_MATCH' 'NULL-MD5' $json
    refused 'INVALID_ARGUMENT.*@SECLEVEL=0' 'DEFAULT@SECLEVEL=0' $json
    refused 'UNKNOWN_BACKEND.*schannel' --backend schannel $json
done
"$polytls" ciphers NONSENSE >printed 2>told && fail 'it takes nonsense'
[[ ! -s printed ]] || fail 'standard output is not empty' printed
