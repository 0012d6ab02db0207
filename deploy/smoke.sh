#!/usr/bin/env bash
# Proves a running stack from outside, with nothing but curl: pages, the news line, publishing, the stream.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
patience=60

main() {
  have curl || fail "curl is needed: install the package curl"
  use_port
  use_admin_key
  work=$(mktemp -d)
  trap end EXIT
  headline="Smoke test $(random_key | head -c 12)"

  step "the page $base/en shows headlines" page_has_headlines
  step "$base/api/news has items" news_has '"id"'
  step "the public port has no probes" public_port_has_no_probes
  step "the reference $base/docs is served" reference_is_served
  step "the stream opens" open_stream
  step "an article is drafted" draft
  step "it is published" publish
  step "it arrives on the stream" wait_for stream_has_it
  step "it arrives on the news line" wait_for news_has "$headline"
  say "All is well at $base"
}

# Readers need not go on seeing the article.
end() {
  [[ ! ${id-} ]] || act unpublish || true
  [[ ! ${stream-} ]] || kill "$stream" 2>/dev/null || true
  rm -rf "$work"
}

step() { # SENTENCE COMMAND...
  local sentence=$1
  shift
  "$@" || fail "failed: $sentence${seen:+ ($seen)}"
  say "ok: $sentence"
}

wait_for() { # COMMAND...
  local deadline=$((SECONDS + patience))
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

# Sets $answer and, for who reads of a failure, $seen.
ask() { # STATUS CURL-ARGUMENT...
  local expected=$1 status
  shift
  status=$(curl_as_admin -m 30 -o "$work/answer" -w '%{http_code}' "$@") || true
  answer=$(cat "$work/answer" 2>/dev/null || true)
  seen="answer $status: ${answer:0:300}"
  [[ $status == "$expected" ]] && seen=
}

page_has_headlines() { ask 200 "$base/en" && [[ $answer == *'<h2'*'href="/en/'* ]]; }

news_has() { ask 200 "$base/api/news?limit=5" && [[ $answer == *"$1"* ]]; } # TEXT

public_port_has_no_probes() { ask 404 "$base/health/ready" && ask 404 "$base/metrics"; }

reference_is_served() {
  local service
  ask 200 -L "$base/docs" || return 1
  for service in publishing feed notifications; do
    ask 200 "$base/openapi/$service.json" && [[ $answer == *'"openapi": "3.1'* ]] || return 1
  done
}

open_stream() {
  curl -sN "$base/api/stream" >"$work/stream" &
  stream=$!
  wait_for test -s "$work/stream"
}

draft() {
  ask 201 "$base/api/articles" -H 'Content-Type: application/json' \
    -d "{\"headline\": \"$headline\", \"body\": \"<p>Written by deploy/smoke.sh.</p>\", \"category\": \"general\", \"language\": \"en\"}"
  id=$(sed -n 's/^{"id":"\([0-9a-f-]*\)".*/\1/p' "$work/answer")
  [[ $id ]]
}

act() { ask 200 -X POST -H 'If-Match: *' "$base/api/articles/$id/$1"; } # ACT

publish() { act publish; }

stream_has_it() { grep -q "^data: .*$headline" "$work/stream"; }

main "$@"
