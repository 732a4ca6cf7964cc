#!/usr/bin/env bash
# Every input that cannot be used: one clear error that names it, the right exit status, no secret.
source "$(dirname "$0")/support.sh"

# refused STATUS PATTERN FLAG...: `serve` with these flags ends at once, with one line.
refused() {
    local status=$1 pattern=$2
    shift 2
    expect_status "$status" "$polytls" serve --json "$@" 127.0.0.1:0
    expect out "$pattern"
    (($(wc -l <out) == 1)) || fail "not one line: $*" out
    expect_not out 'open sesame'
}

good=(--cert server.pem --key server.key)
head -c 100 server.pem >half.pem
head -c 100 server.key >half.key
echo garbage >garbage
issue other DNS:other
openssl pkcs8 -topk8 -in server.key -out locked.key -passout 'pass:open sesame'

refused 2 '--cert.*missing.pem' --cert missing.pem --key server.key
refused 2 '--key.*missing.key' --cert server.pem --key missing.key
refused 2 '--ca.*missing.pem' "${good[@]}" --ca missing.pem
refused 2 '"input":"--cert half.pem"' --cert half.pem --key server.key
refused 2 '"input":"--key half.key"' --cert server.pem --key half.key
refused 2 '"input":"--ca garbage"' "${good[@]}" --ca garbage
refused 2 '"input":"--crl garbage"' "${good[@]}" --crl garbage
refused 2 '--crl.*missing.crl' "${good[@]}" --crl missing.crl
refused 2 '"input":"--cert garbage"' --cert garbage --key server.key
refused 2 '"input":"--(key server.pem|cert server.key)"' --cert server.key --key server.pem
refused 2 'KEY_MISMATCH.*--key other.key' --cert server.pem --key other.key
refused 2 'PASSPHRASE_REQUIRED.*--key locked.key' --cert server.pem --key locked.key
refused 2 'WRONG_PASSPHRASE.*--key locked.key' --cert server.pem --key locked.key --passphrase 'open sesame, please'
refused 2 'UNKNOWN_CIPHER.*NOPE' "${good[@]}" --ciphers ECDHE-RSA-AES128-GCM-SHA256:NOPE
refused 2 'UNKNOWN_GROUP.*curve9' "${good[@]}" --ecdh-curve P-256:curve9
refused 2 'UNKNOWN_VERSION.*SSLv3' "${good[@]}" --min-version SSLv3
refused 2 'BAD_VERSION_RANGE' "${good[@]}" --min-version TLSv1.3 --max-version TLSv1.2
refused 2 'UNSUPPORTED_BY_BACKEND.*openssl' "${good[@]}" --min-version TLSv1
refused 2 'UNKNOWN_VERSION.*--secure-protocol' "${good[@]}" --secure-protocol SSLv3_method
refused 2 'UNKNOWN_BACKEND.*schannel' "${good[@]}" --backend schannel
refused 2 'a server needs --cert' --key server.key
refused 2 '"input":"--handshake-timeout"' "${good[@]}" --handshake-timeout -5
refused 2 '"input":"--timeout"' "${good[@]}" --timeout -5
refused 2 '"input":"--session-timeout"' "${good[@]}" --session-timeout -5
refused 2 '"input":"--max-send-fragment"' "${good[@]}" --max-send-fragment 1
refused 2 '"input":"--alpn"' "${good[@]}" --alpn ''
refused 2 '--respond.*missing.html' "${good[@]}" --respond missing.html
refused 2 '--sni.*nothing' "${good[@]}" --sni nothing
refused 2 '--sni.*missing.pem' "${good[@]}" --sni 'a.test=missing.pem,server.key'
refused 2 'KEY_MISMATCH.*--sni a.test=server.pem,other.key' "${good[@]}" --sni 'a.test=server.pem,other.key'
refused 2 'INVALID_ARGUMENT.*no-such-flag' "${good[@]}" --no-such-flag
expect_status 2 "$polytls" serve "${good[@]}" somewhere:port
expect_status 2 "$polytls" serve "${good[@]}" --no-such-flag 127.0.0.1:0
expect_status 2 "$polytls"
expect_status 2 "$polytls" serve "${good[@]}"
expect out 'is not \[HOST:\]PORT'
expect_status 2 "$polytls" connect --json --session-in missing.session localhost:1
expect out '--session-in.*missing.session'

# What ends a server is no part of what it prints.
"$polytls" serve --cert missing.pem --key server.key 127.0.0.1:0 >printed 2>told && fail "it serves without a certificate"
expect told '--cert.*missing.pem'
[[ ! -s printed ]] || fail "standard output is not empty" printed

serve "${good[@]}"
expect_status 3 "$polytls" serve --json "${good[@]}" "127.0.0.1:$port"
expect out "EADDRINUSE.*127.0.0.1:$port"

# The right passphrase opens what the wrong one did not.
serve --cert server.pem --key locked.key --passphrase 'open sesame'
expect_status 0 "$polytls" connect --json --ca ca.pem --end "localhost:$port"
expect_status 2 "$polytls" connect --json --servername 127.0.0.1 "localhost:$port"
expect out 'BAD_SERVER_NAME.*127.0.0.1'
