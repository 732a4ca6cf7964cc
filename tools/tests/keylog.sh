#!/usr/bin/env bash
# The key log: both ends tell the same, and so does OpenSSL's client.
source "$(dirname "$0")/support.sh"

for version in TLSv1.2 TLSv1.3; do
    rm -f -- *.keys
    serve --cert server.pem --key server.key --max-version "$version" --keylog server.keys
    expect_status 0 "$polytls" connect --json --ca ca.pem --keylog client.keys --end "localhost:$port"
    case $version in
    TLSv1.2) expect out '"keylog","id":1,"label":"CLIENT_RANDOM"' ;;
    TLSv1.3) expect out '"keylog","id":1,"label":"CLIENT_TRAFFIC_SECRET_0"' ;;
    esac
    expect serve.json '"keylog","id":1,"label":"[A-Z_0-9]+"'
    sort client.keys >client.sorted
    sort server.keys >server.sorted
    cmp client.sorted server.sorted || fail "the logs differ" client.keys server.keys
    [[ $(stat -c %a client.keys server.keys | sort -u) == 600 ]] || fail "others may read the key log"

    # One that is there already is appended to.
    lines=$(wc -l <server.keys)
    s_client -keylogfile peer.keys
    hang_up
    wait_for serve.json '"close","id":2'
    (($(wc -l <server.keys) == 2 * lines)) || fail "the log was not appended to" server.keys
    while read -r line; do
        expect server.keys "^$line$"
    done < <(grep -v '^#' peer.keys)
done

# The environment names the file where no flag does.
serve --cert server.pem --key server.key
SSLKEYLOGFILE=by-environment expect_status 0 "$polytls" connect --json --ca ca.pem --end "localhost:$port"
expect by-environment '^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+$'
SSLKEYLOGFILE=not-this expect_status 0 "$polytls" connect --json --ca ca.pem --keylog this --end "localhost:$port"
expect this '^CLIENT_TRAFFIC_SECRET_0'
[[ ! -e not-this ]] || fail "the environment won over the flag"
expect_status 2 "$polytls" serve --cert server.pem --key server.key --keylog /nowhere/at/all 0
expect out '--keylog: cannot write /nowhere/at/all'
