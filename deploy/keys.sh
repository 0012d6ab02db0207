#!/usr/bin/env bash
# Makes, lists, revokes and rotates platform keys of the running stack.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

usage() {
  cat >&2 <<'EOT'
Usage: deploy/keys.sh make [--categories CODE,CODE] [--expires TIME] [--trade] NAME ROLE
       deploy/keys.sh list
       deploy/keys.sh revoke ID
       deploy/keys.sh rotate [--overlap SECONDS] ID
  --trade lets a subscriber know what is under embargo.
  ROLE is reporter, editor, admin or subscriber; TIME is such as 2030-01-31T00:00:00Z.
  make and rotate print the secret, and nothing else, on stdout: it is said once and kept nowhere.
  After rotate the secret of before stays good for a day, or for --overlap seconds.
Exit code: 0 done, 1 refused, 2 it could not be asked for.
EOT
  exit 2
}

main() {
  (($#)) || usage
  have curl || fail "curl is needed: install the package curl" 2
  local act=$1
  shift
  case $act in
    make | list | revoke | rotate) ;;
    *) usage ;;
  esac
  use_port
  use_admin_key
  "$act" "$@"
}

make() {
  local categories='' expires='' trade='' body words=()
  while (($#)); do
    case $1 in
      --categories)
        [[ ${2-} ]] || usage
        categories=$2
        shift
        ;;
      --expires)
        [[ ${2-} ]] || usage
        expires=$2
        shift
        ;;
      --trade) trade=,\"trade\":true ;;
      -*) usage ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  ((${#words[@]} == 2)) || usage
  body="{\"name\":$(json "${words[0]}"),\"role\":$(json "${words[1]}")"
  [[ ! $categories ]] || body+=",\"categories\":[$(json "${categories//,/$'\n'}" | sed 's/\\n/","/g')]"
  [[ ! $expires ]] || body+=",\"expiresAt\":$(json "$expires")"
  ask 201 -X POST -H 'Content-Type: application/json' -d "$body$trade}" "$base/api/keys"
  tell_secret
}

list() {
  (($# == 0)) || usage
  local after='' row='%-36s  %-24s  %-10s  %-7s  %-20s  %-20s  %s\n' key
  ask 200 "$base/api/keys?limit=200"
  # shellcheck disable=SC2059
  printf "$row" ID NAME ROLE STATE EXPIRES 'LAST USED' CATEGORIES
  while :; do
    while IFS= read -r key; do
      # shellcheck disable=SC2059
      [[ $key != *'"id":'* ]] || printf "$row" "$(text id "$key")" "$(text name "$key")" "$(text role "$key")" "$(text state "$key")" \
        "$(minute "$(text expiresAt "$key")" never)" "$(minute "$(text lastUsedAt "$key")" never)" "$(categories "$key")"
    done < <(sed 's/},{/}\n{/g; s/}]/}\n]/' <<<"$answer")
    after=$(text next "$answer")
    [[ $after ]] || return 0
    ask 200 "$base/api/keys?limit=200&after=$after"
  done
}

revoke() {
  (($# == 1)) || usage
  need_id "$1"
  ask 204 -X DELETE "$base/api/keys/$1"
  say "The key $1 is revoked."
}

rotate() {
  local id='' body='{}'
  while (($#)); do
    case $1 in
      --overlap)
        [[ ${2-} =~ ^[0-9]{1,9}$ ]] || usage
        body="{\"overlapSeconds\":$((10#$2))}"
        shift
        ;;
      -*) usage ;;
      *)
        [[ ! $id ]] || usage
        id=$1
        ;;
    esac
    shift
  done
  need_id "$id"
  ask 200 -X POST -H 'Content-Type: application/json' -d "$body" "$base/api/keys/$id/rotate"
  tell_secret
}

need_id() { [[ $1 =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || usage; } # ID

# Sets $answer; what is refused ends the script with the reason.
ask() { # STATUS CURL-ARGUMENT...
  local expected=$1 status
  shift
  answer=$(curl_as_admin -m 30 -w '\n%{http_code}' "$@") || true
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  [[ $status != "$expected" ]] || return 0
  case $status in
    000 | '') fail "nothing answers at $base: start the stack by deploy/up.sh, or say its port by PORT=n" 2 ;;
    401) fail "the key is refused: ADMIN_KEY or .local/admin.key must be the key of the running stack" 2 ;;
    *) fail "refused with $status: $(text detail "$answer")" ;;
  esac
}

tell_secret() {
  local until
  until=$(text oldSecretUntil "$answer")
  printf 'The key %s (%s, %s)%s. Its secret is said this once:\n' "$(text id "$answer")" "$(text name "$answer")" "$(text role "$answer")" \
    "${until:+, whose secret of before ends at $until}" >&2
  text secret "$answer"
}

json() { # TEXT
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}

text() { sed -nE "s/.*\"$1\":\"(([^\"\\\\]|\\\\.)*)\".*/\\1/p" <<<"$2"; } # MEMBER JSON

minute() { [[ $1 ]] && printf '%s' "${1:0:16}Z" || printf '%s' "$2"; } # TIME OTHERWISE

categories() { # JSON
  local list
  list=$(sed -nE 's/.*"categories":\[([^]]*)\].*/\1/p' <<<"$1" | tr -d '"')
  printf '%s' "${list:-all}"
}

main "$@"
