# What the scripts here share: certificates in a temporary folder, servers that are waited for and
# ended, and checks that say what they saw. Sourced, with the polytls command as the first argument.
set -euo pipefail

polytls=$1
work=$(mktemp -d)
background=()
trap 'kill "${background[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

fail() {
    printf 'FAILED: %s\n' "$1" >&2
    shift
    for file in "$@"; do
        printf -- '--- %s\n' "$file" >&2
        cat "$file" >&2
    done
    exit 1
}

# expect FILE PATTERN...: each pattern matches a line of the file.
expect() {
    local file=$1
    shift
    for pattern in "$@"; do
        grep -qE -- "$pattern" "$file" || fail "no line matches: $pattern" "$file"
    done
}

# expect_not FILE PATTERN: no line matches.
expect_not() {
    [[ -e $1 ]] || fail "there is no $1"
    ! grep -qE -- "$2" "$1" || fail "a line matches: $2" "$1"
}

# expect_status WANTED COMMAND...: runs a command with its output in ./out; checks its exit status.
expect_status() {
    local wanted=$1 status=0
    shift
    timeout 60 "$@" >out 2>&1 </dev/null || status=$?
    ((status == wanted)) || fail "exit status $status, not $wanted: $*" out
}

# wait_for FILE PATTERN: until a line matches; half a minute at most.
wait_for() {
    local tries=600
    until grep -qE -- "$2" "$1" 2>/dev/null; do
        ((--tries > 0)) || fail "no line came that matches: $2" "$1"
        sleep 0.05
    done
}

# events_of FILE [ID]: the names of the events told in it, of one connection or all, in a line;
# `data` and `drain` one after the other count once.
events_of() {
    awk -F'"' -v id="${2:-}" 'index($0, "{\"event\":") == 1 && (id == "" || $0 ~ "^[^,]*,\"id\":" id "[,}]") {
        if ($4 != last || ($4 != "data" && $4 != "drain")) printf "%s%s", (n++ ? " " : ""), $4
        last = $4
    }' "$1"
}

# expect_events FILE EVENTS [ID]: waits until these have been told, and no others.
expect_events() {
    local tries=600
    until [[ $(events_of "$1" "${3:-}") == "$2" ]]; do
        ((--tries > 0)) || fail "the events are '$(events_of "$1" "${3:-}")', not '$2'" "$1"
        sleep 0.05
    done
}

# expect_times WANTED PATTERN FILE: so many lines match.
expect_times() {
    (($(grep -cE -- "$2" "$3") == $1)) || fail "not $1 lines match: $2" "$3"
}

# talk COMMAND...: starts a command with its output in ./heard; its input is what `say` gets until
# `hang_up`, which waits for its end. No server may be started meanwhile.
talk() {
    rm -f said heard
    mkfifo said
    timeout 60 "$@" <said >heard 2>&1 &
    talking=$!
    background+=($!)
    exec {mouth}>said
}

say() {
    # Whoever has gone hears nothing: that is for the test to find in what was heard.
    (trap '' PIPE && printf '%b' "$1" >&"$mouth") 2>/dev/null || true
}

hang_up() {
    exec {mouth}>&-
    wait "$talking" || true
}

# s_client FLAG...: openssl's client against `port`, by `talk`.
s_client() {
    talk openssl s_client -connect "localhost:$port" -CAfile ca.pem "$@"
}

# s_server FLAG...: openssl's server, its output in ./s_server; sets `port`. With -www or -rev: it
# has no input.
s_server() {
    rm -f s_server
    openssl s_server -accept 0 -cert server.pem -key server.key "$@" </dev/null >s_server 2>&1 &
    background+=($!)
    wait_for s_server '^ACCEPT .*:[0-9]+'
    port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server | head -n 1)
}

# serve FLAG...: starts a server with --json in ./serve.json; sets `port`.
serve() {
    rm -f serve.json
    "$polytls" serve --json "$@" 127.0.0.1:0 >serve.json 2>&1 &
    background+=($!)
    server=$!
    wait_for serve.json '"listening"|"error"'
    port=$(sed -n 's/.*"listening","port":\([0-9]*\).*/\1/p' serve.json)
    [[ -n $port ]] || fail "the server does not listen" serve.json
}

# make_ca NAME: a self-signed CA, NAME.pem and NAME.key.
make_ca() {
    openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30 \
        -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" 2>/dev/null
}

# issue NAME ALT-NAMES [FROM TO]: NAME.pem and NAME.key from the CA "ca"; dates as `date -d` takes them.
issue() {
    : >index.txt
    printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = index.txt' 'new_certs_dir = .' \
        'rand_serial = yes' 'default_md = sha256' 'policy = any' 'x509_extensions = leaf' \
        '[any]' 'commonName = supplied' '[leaf]' "subjectAltName = $2" >ca.cnf
    openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
    openssl ca -batch -config ca.cnf -keyfile ca.key -cert ca.pem -in "$1.csr" -out "$1.pem" -notext \
        -startdate "$(date -u -d "${3:--1 day}" +%y%m%d%H%M%SZ)" \
        -enddate "$(date -u -d "${4:-+30 days}" +%y%m%d%H%M%SZ)" 2>/dev/null
}

make_ca ca
issue server DNS:localhost,IP:127.0.0.1
