#!/usr/bin/env bash
# Makes real handshakes between the polytls command and other TLS programs, and shows them as a table.
# usage: tools/demo.sh BUILD_DIR
set -euo pipefail

polytls=$(find "${1:?usage: tools/demo.sh BUILD_DIR}" -path '*tools/polytls/polytls' -type f -perm -u+x | head -n 1)
[[ -n $polytls ]] || { echo "there is no polytls command under $1: build it first" >&2; exit 1; }
work=$(mktemp -d)
servers=()
failures=0
trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

make_certificates() {
    local quiet=(-nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256)
    cd "$work"
    openssl req -x509 "${quiet[@]}" -keyout ca.key -out ca.pem -days 30 -subj "/CN=polytls demo CA" 2>/dev/null
    openssl req -x509 "${quiet[@]}" -keyout other.key -out other.pem -days 30 -subj "/CN=some other CA" 2>/dev/null
    issue server localhost DNS:localhost,IP:127.0.0.1 "$(date -u -d '-1 day' +%y%m%d%H%M%SZ)" "$(date -u -d '+30 days' +%y%m%d%H%M%SZ)"
    issue wrong example.org DNS:example.org "$(date -u -d '-1 day' +%y%m%d%H%M%SZ)" "$(date -u -d '+30 days' +%y%m%d%H%M%SZ)"
    issue expired localhost DNS:localhost "$(date -u -d '-9 days' +%y%m%d%H%M%SZ)" "$(date -u -d '-2 days' +%y%m%d%H%M%SZ)"
    cd - >/dev/null
}

# issue NAME COMMON_NAME ALT_NAMES FROM TO
issue() {
    : >index.txt
    cat >ca.cnf <<CNF
[ca]
default_ca = demo
[demo]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
subjectAltName = $3
CNF
    openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
    openssl ca -batch -config ca.cnf -keyfile ca.key -cert ca.pem -in "$1.csr" -out "$1.pem" -notext \
        -startdate "$4" -enddate "$5" 2>/dev/null
}

# wait_for FILE PATTERN: until a line of the file matches; ten seconds at most.
wait_for() {
    local tries=200
    while ! grep -qE "$2" "$1" 2>/dev/null; do
        ((--tries > 0)) || { echo "no '$2' in the output of a server:" >&2; cat "$1" >&2; return 1; }
        sleep 0.05
    done
}

# field FILE EVENT NAME: a field of the first such event in a file of JSON lines.
field() {
    sed -n "/\"event\":\"$2\"/{s/.*\"$3\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p;q}" "$1"
}

# row CLIENT SERVER PROTOCOL CIPHER AUTHORISED MILLISECONDS
row() {
    printf '%-24s %-24s %-8s %-30s %-36s %6s ms\n' "$1" "$2" "${3:--}" "${4:--}" "$5" "$6"
}

milliseconds() {
    echo $((($(date +%s%N) - $1) / 1000000))
}

# start_ours BACKEND VERSION CREDENTIAL: a server of ours; sets `port` and `log`.
start_ours() {
    log=$work/serve.$RANDOM.json
    echo "hello from polytls" >"$work/body"
    "$polytls" serve --json --backend "$1" --cert "$work/$3.pem" --key "$work/$3.key" \
        --min-version "$2" --max-version "$2" --respond "$work/body" 127.0.0.1:0 >"$log" &
    servers+=($!)
    wait_for "$log" '"listening"'
    port=$(field "$log" listening port)
}

# start_openssl VERSION CREDENTIAL: openssl s_server; sets `port`.
start_openssl() {
    local out=$work/s_server.$RANDOM
    openssl s_server -accept 0 "-${1/TLSv1./tls1_}" -cert "$work/$2.pem" -key "$work/$2.key" -www >"$out" 2>&1 &
    servers+=($!)
    wait_for "$out" '^ACCEPT'
    port=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' "$out" | head -n 1)
}

# start_node VERSION: a server of Node's tls module; sets `port`.
start_node() {
    local out=$work/node.$RANDOM
    node -e "
        const fs = require('fs'), dir = '$work/';
        const server = require('tls').createServer({key: fs.readFileSync(dir + 'server.key'),
            cert: fs.readFileSync(dir + 'server.pem'), minVersion: '$1', maxVersion: '$1'},
            (socket) => { socket.on('error', () => {}); socket.pipe(socket); });
        server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));" >"$out" &
    servers+=($!)
    wait_for "$out" '^port'
    port=$(sed -n 's/^port //p' "$out")
}

# connect_ours BACKEND VERSION SERVER CA EXPECTED: our client to 127.0.0.1:port; a row.
connect_ours() {
    local out=$work/connect.json start verdict
    start=$(date +%s%N)
    "$polytls" connect --json --backend "$1" --min-version "$2" --max-version "$2" --ca "$work/$4.pem" \
        --send 'GET / HTTP/1.0

' --end "localhost:$port" >"$out" </dev/null || true
    verdict=$(field "$out" error code)
    if [[ -z $verdict && $(field "$out" secureConnect authorized) == true ]]; then
        verdict=authorised
    fi
    [[ $verdict == "$5" ]] || { failures=$((failures + 1)); verdict="$verdict (expected $5)"; cat "$out" >&2; }
    row "polytls/$1" "$3" "$(field "$out" secureConnect protocol)" "$(field "$out" secureConnect cipher)" \
        "${verdict/#authorised/yes}" "$(milliseconds "$start")"
}

# other_client NAME BACKEND COMMAND...: another client to a server of ours, which tells what was agreed.
other_client() {
    local name=$1 backend=$2 start verdict=yes
    shift 2
    start=$(date +%s%N)
    "$@" >"$work/other" 2>&1 </dev/null || { verdict="failed"; failures=$((failures + 1)); cat "$work/other" >&2; }
    wait_for "$log" '"secureConnection"'
    row "$name" "polytls/$backend" "$(field "$log" secureConnection protocol)" "$(field "$log" secureConnection cipher)" \
        "$verdict" "$(milliseconds "$start")"
}

make_certificates
mapfile -t backends < <("$polytls" backends --json | sed -n 's/^    "name": "\(.*\)",/\1/p')
printf '%-24s %-24s %-8s %-30s %-36s %9s\n' client server version cipher "authorised (or why not)" time
for backend in "${backends[@]}"; do
    for version in TLSv1.2 TLSv1.3; do
        tls1=tls1_${version#TLSv1.}
        start_ours "$backend" "$version" server
        connect_ours "$backend" "$version" "polytls/$backend" ca authorised
        start_ours "$backend" "$version" server
        other_client "openssl s_client" "$backend" openssl s_client "-$tls1" -connect "127.0.0.1:$port" \
            -CAfile "$work/ca.pem" -verify_return_error -verify_hostname localhost -brief
        start_ours "$backend" "$version" server
        other_client curl "$backend" curl -sS --cacert "$work/ca.pem" "https://localhost:$port/"
        start_openssl "$version" server
        connect_ours "$backend" "$version" "openssl s_server" ca authorised
        if command -v node >/dev/null; then
            start_node "$version"
            connect_ours "$backend" "$version" "node" ca authorised
            start_ours "$backend" "$version" server
            other_client node "$backend" node -e "
                const socket = require('tls').connect({port: $port, host: 'localhost', ca: require('fs').readFileSync('$work/ca.pem')},
                    () => socket.end());
                socket.on('error', (error) => { console.error(error.message); process.exitCode = 1; }).resume();"
        fi
    done
    start_openssl TLSv1.3 wrong
    connect_ours "$backend" TLSv1.3 "s_server, wrong name" ca ALTNAME_INVALID
    start_openssl TLSv1.3 server
    connect_ours "$backend" TLSv1.3 "s_server, unknown CA" other UNABLE_TO_VERIFY_LEAF_SIGNATURE
    start_openssl TLSv1.3 expired
    connect_ours "$backend" TLSv1.3 "s_server, expired" ca CERT_HAS_EXPIRED
done

if ((failures != 0)); then
    printf '\n%s of these handshakes did not end as they should.\n' "$failures" >&2
    exit 1
fi
printf '\nEvery handshake above ended as it should.\n'
