#!/usr/bin/env bash
# Sessions kept by servers and in tickets, between two of ours and with OpenSSL's client.
source "$(dirname "$0")/support.sh"

# keep_session: a session of the server's in ./session. Of `version`: a client that speaks TLS 1.3
# has an id in its hello whatever it knows (RFC 8446, appendix D.4).
keep_session() {
    rm -f session
    talk "$polytls" connect --json --ca ca.pem --max-version "$version" --session-out session "localhost:$port"
    wait_for heard '"event":"session"'
    hang_up
    [[ -s session ]] || fail "no session was kept" heard
}

# resume STATUS REUSED: what becomes of that session.
resume() {
    expect_status "$1" "$polytls" connect --json --ca ca.pem --session-in session --end "localhost:$port"
    (($1 != 0)) || expect out "\"secureConnect\".*\"reused\":$2"
}

# In a folder that two servers share, by id and under TLS 1.3 by a ticket that is one.
mkdir sessions
for version in TLSv1.2 TLSv1.3; do
    keeper=(--cert server.pem --key server.key --max-version "$version" --session-dir sessions)
    serve "${keeper[@]}"
    keep_session
    case $version in
    TLSv1.2) expect_events serve.json 'listening connection newSession secureConnection end close' ;;
    TLSv1.3) expect_events serve.json 'listening connection newSession newSession secureConnection end close' ;;
    esac
    expect serve.json '"newSession","sessionId":"[0-9a-f]{64}","length":[1-9]'
    [[ $(stat -c %a sessions/* | sort -u) == 600 ]] || fail "others may read the sessions"
    serve "${keeper[@]}" --session-delay 20
    resume 0 true
    expect serve.json '"resumeSession","sessionId":"[0-9a-f]{64}","length":[1-9]' '"secureConnection".*"reused":true'
    serve "${keeper[@]}" --session-answer none
    resume 0 false
    expect serve.json '"resumeSession".*"length":0' '"secureConnection".*"reused":false'
    serve "${keeper[@]}" --session-answer error
    resume 1 false
    expect_events serve.json 'listening connection resumeSession clientError close'
    expect serve.json '"clientError","id":1.*"--session-answer error"'
done

# Two processes with the same keys for tickets resume each other's sessions; with others they do not.
head -c 48 /dev/urandom >keys
head -c 48 /dev/urandom >others
for version in TLSv1.2 TLSv1.3; do
    with_keys=(--cert server.pem --key server.key --max-version "$version" --ticket-keys)
    serve "${with_keys[@]}" keys
    one=$port
    serve "${with_keys[@]}" others
    stranger=$port
    serve "${with_keys[@]}" keys
    keep_session
    port=$one resume 0 true
    port=$stranger resume 0 false
    port=$one keep_session
    resume 0 true
    expect_events serve.json 'connection secureConnection end close' 2
done
head -c 47 /dev/urandom >short
expect_status 2 "$polytls" serve --cert server.pem --key server.key --ticket-keys short 0
expect out '--ticket-keys.*47 bytes instead of 48'

# s_client -reconnect: five more connections. Under TLS 1.3 it does not wait for a ticket.
for how in '' '--session-dir sessions'; do
    for version in TLSv1.2 TLSv1.3; do
        # shellcheck disable=SC2086
        serve --cert server.pem --key server.key --max-version "$version" $how
        s_client -reconnect
        hang_up
        case $version in
        TLSv1.2) expect_times 5 '^Reused, TLSv1.2' heard ;;
        TLSv1.3) expect_times 6 '^New, TLSv1.3' heard ;;
        esac
        for id in 1 2 3 4 5 6; do
            expect_events serve.json 'connection secureConnection end close' "$id"
        done
        [[ $version == TLSv1.3 ]] || expect_times 5 '"secureConnection".*"reused":true' serve.json
    done
done
expect_times 0 'clientError' serve.json

# s_client -sess_out, -sess_in.
for how in '' '--session-dir sessions'; do
    for version in 1_2 1_3; do
        # shellcheck disable=SC2086
        serve --cert server.pem --key server.key $how
        rm -f theirs
        s_client "-tls$version" -sess_out theirs
        wait_for theirs 'END SSL SESSION'
        hang_up
        s_client "-tls$version" -sess_in theirs
        wait_for heard '^Reused, TLSv1'
        hang_up
        expect_events serve.json 'connection secureConnection end close' 1
        expect_events serve.json 'connection secureConnection end close' 2
        expect serve.json '"secureConnection","id":1.*"reused":false' '"secureConnection","id":2.*"reused":true'
        [[ -z $how ]] || expect serve.json '"resumeSession".*"length":[1-9]'
    done
done

# Ours, of its own accord.
for version in TLSv1.2 TLSv1.3; do
    serve --cert server.pem --key server.key --max-version "$version"
    expect_status 0 "$polytls" connect --json --ca ca.pem --reconnect 2 --send x --end "localhost:$port"
    expect_times 2 '"secureConnect".*"reused":true' out
done
