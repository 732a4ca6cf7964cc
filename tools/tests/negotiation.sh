#!/usr/bin/env bash
# Names and application protocols, with OpenSSL's client and server.
source "$(dirname "$0")/support.sh"
issue named DNS:named.example.com

for version in 1_2 1_3; do
    max=TLSv${version/_/.}

    # -servername: the certificate of that name, and the name in the event.
    serve --cert server.pem --key server.key --max-version "$max" --sni '*.example.com=named.pem,named.key'
    s_client "-tls$version" -servername named.example.com
    hang_up
    expect heard '^subject=CN = named$'
    expect_events serve.json 'listening connection secureConnection end close'
    expect serve.json "\"secureConnection\",\"id\":1,\"protocol\":\"$max\".*\"servername\":\"named.example.com\""
    s_client "-tls$version" -noservername
    hang_up
    expect heard '^subject=CN = server$'
    expect_events serve.json 'connection secureConnection end close' 2
    expect_times 1 '"servername"' serve.json

    # -alpn
    serve --cert server.pem --key server.key --max-version "$max" --alpn h2,http/1.1
    s_client "-tls$version" -alpn http/1.1,h2
    hang_up
    expect heard '^ALPN protocol: h2$'
    expect_events serve.json 'listening connection secureConnection end close'
    expect serve.json '"secureConnection","id":1.*"alpnProtocol":"h2"'
    s_client "-tls$version" -alpn imap
    hang_up
    expect heard 'alert no application protocol'
    expect_events serve.json 'connection clientError close' 2
    expect serve.json '"clientError","id":2.*NO_APPLICATION_PROTOCOL'
    s_server -www "-tls$version" -alpn h2
    expect_status 0 "$polytls" connect --json --ca ca.pem --alpn http/1.1,h2 --end "localhost:$port"
    expect out '"secureConnect".*"alpnProtocol":"h2"'
done

# -nextprotoneg: the client's favourite of those advertised, and its own favourite where none is.
serve --cert server.pem --key server.key --max-version TLSv1.2 --npn spdy/3,http/1.1
s_client -tls1_2 -nextprotoneg http/1.1
hang_up
expect heard 'Next protocol: \(1\) http/1.1'
expect_events serve.json 'listening connection secureConnection end close'
expect serve.json '"secureConnection","id":1.*"npnProtocol":"http/1.1"'
s_client -tls1_2 -nextprotoneg imap
hang_up
expect heard 'Next protocol: \(2\) imap'
wait_for serve.json '"secureConnection","id":2.*"npnProtocol":"imap"'
expect_status 0 "$polytls" connect --json --ca ca.pem --npn http/1.1,spdy/3 --end "localhost:$port"
expect out '"npnProtocol":"spdy/3"'
s_server -www -tls1_2 -nextprotoneg spdy/3,http/1.1
expect_status 0 "$polytls" connect --json --ca ca.pem --npn http/1.1 --end "localhost:$port"
expect out '"npnProtocol":"http/1.1"'
# TLS 1.3 has none.
serve --cert server.pem --key server.key --npn spdy/3,http/1.1
s_client -nextprotoneg http/1.1
hang_up
expect_events serve.json 'listening connection secureConnection end close'
expect_not serve.json npnProtocol
