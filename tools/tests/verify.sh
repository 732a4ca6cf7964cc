#!/usr/bin/env bash
# `polytls verify`: chains made by OpenSSL's command, and what is no chain.
source "$(dirname "$0")/support.sh"

# judged STATUS CODE FLAG...: one line with this code, as JSON and as text.
judged() {
    local status=$1 code=$2
    shift 2
    expect_status "$status" "$polytls" verify --json "$@"
    expect out "^\{\"event\":\"verify\",\"verified\":$([[ $code == OK ]] && echo true || echo false),\"code\":\"$code\",\"message\":\"[^\"]+\",\"backend\":\"[a-z]+\"\}\$"
    (($(wc -l <out) == 1)) || fail "not one line: $*" out
    expect_status "$status" "$polytls" verify "$@"
    expect out "code=$code"
}

# refused PATTERN FLAG...: no verdict, but one clear error.
refused() {
    local pattern=$1
    shift
    expect_status 2 "$polytls" verify --json "$@"
    expect out "$pattern"
    expect_not out '"event":"verify"'
    (($(wc -l <out) == 1)) || fail "not one line: $*" out
}

# A chain of three: ca, middle, deep.
openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout middle.key -out middle.csr \
    -subj /CN=middle 2>/dev/null
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n' >middle.cnf
openssl x509 -req -in middle.csr -CA ca.pem -CAkey ca.key -set_serial 77 -days 30 -extfile middle.cnf \
    -out middle.pem 2>/dev/null
openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout deep.key -out deep.csr \
    -subj /CN=deep 2>/dev/null
printf 'subjectAltName=DNS:deep.example,IP:192.0.2.7\nextendedKeyUsage=serverAuth\n' >deep.cnf
openssl x509 -req -in deep.csr -CA middle.pem -CAkey middle.key -set_serial 78 -days 30 -extfile deep.cnf \
    -out deep.pem 2>/dev/null
cat deep.pem middle.pem >chain.pem
cat deep.pem middle.pem ca.pem >whole.pem
make_ca other

judged 0 OK --ca ca.pem --host deep.example chain.pem
judged 0 OK --ca ca.pem --host 192.0.2.7 whole.pem
judged 0 OK --ca other.pem --ca ca.pem chain.pem
judged 0 OK --ca ca.pem --host localhost server.pem
openssl x509 -in server.pem -outform DER -out server.der
judged 0 OK --ca ca.pem --host 127.0.0.1 server.der

# One fault each, and two of which the first counts.
judged 1 ALTNAME_INVALID --ca ca.pem --host other.example chain.pem
expect out 'Host: other.example. is not in the cert.s altnames: DNS:deep.example, IP Address:192.0.2.7'
judged 1 UNABLE_TO_VERIFY_LEAF_SIGNATURE --ca ca.pem deep.pem
judged 1 UNABLE_TO_VERIFY_LEAF_SIGNATURE --ca other.pem server.pem
judged 1 UNABLE_TO_GET_ISSUER_CERT_LOCALLY --ca other.pem chain.pem
judged 1 SELF_SIGNED_CERT_IN_CHAIN --ca other.pem --host other.example whole.pem
judged 1 DEPTH_ZERO_SELF_SIGNED_CERT --ca other.pem ca.pem
judged 1 INVALID_PURPOSE --ca ca.pem --purpose client chain.pem
issue expired DNS:localhost '-9 days' '-2 days'
issue future DNS:localhost '+2 days' '+9 days'
judged 1 CERT_HAS_EXPIRED --ca ca.pem --host nowhere.example expired.pem
judged 1 CERT_NOT_YET_VALID --ca ca.pem future.pem
judged 1 CERT_HAS_EXPIRED --ca other.pem expired.pem
head -c 100 server.der >forged.der
tail -c +101 server.der | head -c -1 >>forged.der
printf '\x55' >>forged.der
judged 1 CERT_SIGNATURE_FAILURE --ca ca.pem forged.der

# An anchor that is no root.
judged 1 UNABLE_TO_GET_ISSUER_CERT --ca middle.pem deep.pem
judged 0 OK --ca middle.pem --partial-chain deep.pem

# Another time, in each form.
judged 1 CERT_NOT_YET_VALID --ca ca.pem --at 2001-09-09 server.pem
judged 1 CERT_NOT_YET_VALID --ca ca.pem --at 2001-09-09T01:46:40Z server.pem
judged 1 CERT_NOT_YET_VALID --ca ca.pem --at 1000000000 server.pem
judged 1 CERT_HAS_EXPIRED --ca ca.pem --at 2099-12-31T23:59:59 server.pem
begins=$(openssl x509 -in deep.pem -noout -startdate | cut -d= -f2)
judged 0 OK --ca ca.pem --at "$(date -u -d "$begins" +%s)" chain.pem
judged 1 CERT_NOT_YET_VALID --ca ca.pem --at "$(date -u -d "$begins 1 second ago" +%Y-%m-%dT%H:%M:%SZ)" chain.pem

# Revocation lists.
printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = revoked.txt' 'default_md = sha256' >crl.cnf
serial=$(openssl x509 -in server.pem -noout -serial | cut -d= -f2)
: >revoked.txt
openssl ca -gencrl -config crl.cnf -keyfile ca.key -cert ca.pem -crlhours 1 -out clean.crl 2>/dev/null
printf 'R\t350101000000Z\t200101000000Z\t%s\tunknown\t/CN=server\n' "$serial" >revoked.txt
openssl ca -gencrl -config crl.cnf -keyfile ca.key -cert ca.pem -crlhours 1 -out revoked.crl 2>/dev/null
judged 0 OK --ca ca.pem --crl clean.crl --host localhost server.pem
judged 1 CERT_REVOKED --ca ca.pem --crl revoked.crl --host localhost server.pem
judged 1 UNABLE_TO_GET_CRL --ca ca.pem --crl clean.crl chain.pem
judged 1 CRL_HAS_EXPIRED --ca ca.pem --crl clean.crl --at "$(date -u -d '+1 day' +%s)" server.pem
judged 1 CERT_HAS_EXPIRED --ca ca.pem --crl revoked.crl --at "$(date -u -d '+99 days' +%s)" server.pem

# What cannot be judged is told apart from what is judged bad.
echo garbage >garbage
: >empty
head -c 200 server.pem >half.pem
head -c 100 server.der >half.der
cat deep.pem half.pem >deep-and-half.pem
refused '"code":"BAD_CERTIFICATE".*garbage' --ca ca.pem garbage
refused '"code":"BAD_CERTIFICATE".*empty' --ca ca.pem empty
refused '"code":"BAD_PEM".*half.pem' --ca ca.pem half.pem
refused '"code":"BAD_CERTIFICATE".*half.der' --ca ca.pem half.der
refused '"code":"BAD_PEM".*deep-and-half.pem' --ca ca.pem deep-and-half.pem
refused '"code":"BAD_CERTIFICATE".*server.key' --ca ca.pem server.key
expect_not out "$(sed -n 2p server.key)"
refused 'missing.pem' --ca ca.pem missing.pem
refused '--ca.*missing.pem' --ca missing.pem server.pem
refused '"input":"--ca garbage"' --ca garbage server.pem
refused '"input":"--crl garbage"' --ca ca.pem --crl garbage server.pem
refused 'UNKNOWN_BACKEND.*schannel' --ca ca.pem --backend schannel server.pem
refused '"input":"--host"' --ca ca.pem --purpose client --host deep.example chain.pem
refused '--purpose' --ca ca.pem --purpose mail chain.pem
refused 'chain' --ca ca.pem
for time in yesterday 2026-02-30 2026-01-31T24:00:00Z 2026-1-1 20260101T000000Z 2026-01-31X12:00:00 \
    2026-01-31T12:00 1e9 99999999999999999999 999999999999999; do
    refused "\"input\":\"--at\"" --ca ca.pem --at "$time" server.pem
done
expect_status 2 "$polytls" verify --ca ca.pem missing.pem
expect out 'missing.pem'

# The system's roots, where no --ca is given, do not know this CA.
expect_status 1 "$polytls" verify --json server.pem
