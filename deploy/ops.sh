#!/usr/bin/env bash
# What operators do to the running stack.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

usage() {
  cat >&2 <<'EOT'
Usage: deploy/ops.sh rebuild feed
  Makes what readers see anew of what was published, beside what is served, and goes over to it at once. Nobody is notified.
  How far it is stands on stderr; the last line, on stdout, is 'rebuilt N'. Broken off, it has changed nothing.
Exit code: 0 done, 1 refused or broken off, 2 it could not be asked for.
EOT
  exit 2
}

main() {
  [[ $# == 2 && $1 == rebuild && $2 == feed ]] || usage
  have curl || fail "curl is needed: install the package curl" 2
  use_port
  use_admin_key
  rebuild
}

rebuild() {
  local line status step='' sent='' of=''
  while IFS= read -r line; do
    case $line in
      '{"step":'*)
        step=$(sed -nE 's/.*"step":"([a-z]*)".*/\1/p' <<<"$line")
        sent=$(sed -nE 's/.*"sent":([0-9]*).*/\1/p' <<<"$line")
        of=$(sed -nE 's/.*"of":([0-9]*).*/\1/p' <<<"$line")
        printf '%s %s of %s\n' "$step" "$sent" "$of" >&2
        ;;
      *) status=$line ;;
    esac
  done < <(curl_as_admin -N -X POST -w '\n%{http_code}\n' "$base/api/rebuilds/feed" || true)
  case ${status:-000} in
    200) [[ $step == 'done' ]] || fail "it was broken off while $step: what readers see has not changed; ask again" ;;
    000) fail "nothing answers at $base: start the stack by deploy/up.sh, or say its port by PORT=n" 2 ;;
    401 | 403) fail "the key is refused: ADMIN_KEY or .local/admin.key must be the key of the running stack" 2 ;;
    409) fail "feed is being rebuilt already" ;;
    *) fail "refused with $status" ;;
  esac
  say "rebuilt $sent"
}

main "$@"
