#!/usr/bin/env bash
# Imports articles into the running stack: NDJSON, an article a line, or a portal's page saved as text.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

usage() {
  cat >&2 <<'EOT'
Usage: deploy/import.sh [--language en] [--zone Asia/Baku] FILE|-
  FILE is NDJSON, or a portal's page saved as text; - reads it from stdin.
  --language and --zone are a page's: the language it is in and the time zone of its clock.
  Rejected lines are named on stderr; the last line is 'imported N, unchanged N, rejected N'.
Exit code: 0 nothing was rejected, 1 something was, 2 the import could not be done.
EOT
  exit 2
}

main() {
  local language='' zone='' file='' query type
  while (($#)); do
    case $1 in
      --language) [[ ${2-} ]] || usage; language=$2; shift ;;
      --zone) [[ ${2-} ]] || usage; zone=$2; shift ;;
      -?*) usage ;;
      *) [[ ! $file && $1 ]] || usage; file=$1 ;;
    esac
    shift
  done
  [[ $file ]] || usage
  have curl || fail "curl is needed: install the package curl" 2
  if [[ $file != - ]]; then
    [[ -f $file && -r $file ]] || fail "$file is no file that can be read" 2
    exec <"$file"
  fi
  use_port
  use_admin_key

  read_start
  query='publish=true'
  case $start in
    *'{') type=application/x-ndjson ;;
    *) type=text/plain ;;
  esac
  if [[ $type == text/plain ]]; then
    [[ ! $language ]] || query+="&language=$(url_encode "$language")"
    [[ ! $zone ]] || query+="&zone=$(url_encode "$zone")"
  elif [[ $language || $zone ]]; then
    fail "--language and --zone are for a portal's page: lines of JSON say both themselves" 2
  fi
  { printf %s "$start" && cat; } | send "$type" "$query" | report
}

# What a text begins with is read byte by byte, so that nothing of a pipe is lost.
read_start() {
  local byte LC_ALL=C
  start=
  while IFS= read -r -d '' -N 1 byte; do
    start+=$byte
    [[ $byte == [$' \t\r\n\xEF\xBB\xBF'] ]] || return 0
  done
  fail "there is nothing in it to import" 2
}

url_encode() { # TEXT
  local LC_ALL=C text=$1 i
  for ((i = 0; i < ${#text}; i++)); do
    case ${text:i:1} in
      [A-Za-z0-9._~-]) printf %s "${text:i:1}" ;;
      *) printf %%%02X "'${text:i:1}" ;;
    esac
  done
}

# The answer's lines, then one with the status and curl's exit code.
send() { # TYPE QUERY, content on stdin
  local code=0
  curl_as_admin -N -X POST -T - -H "Content-Type: $1" -H 'Expect:' -w '\n%{http_code}' "$base/api/import?$2" || code=$?
  echo " $code"
}

report() {
  local terminal=0
  [[ ! -t 2 ]] || terminal=1
  awk -v terminal="$terminal" -v base="$base" -v name="${0##*/}" '
    function tell(text) { printf "%s%s\n", terminal ? "\r\033[K" : "", text > "/dev/stderr" }
    function refuse(text) { tell(name ": " text); code = 2 }
    function text_of(member,    at, text) {
      at = index($0, "\"" member "\":\"")
      if (!at) return ""
      text = substr($0, at + length(member) + 4)
      gsub(/\\\\/, "\001", text); gsub(/\\"/, "\002", text)
      sub(/".*/, "", text)
      gsub(/\\[nrt]/, " ", text); gsub(/\002/, "\"", text); gsub(/\001/, "\\", text)
      return text
    }
    /^\{"line":/ {
      lines++
      if (/^\{"line":[0-9]+,"outcome":"imported"/) imported++
      else if (/^\{"line":[0-9]+,"outcome":"unchanged"/) unchanged++
      else {
        rejected++
        match($0, /[0-9]+/)
        tell("line " substr($0, RSTART, RLENGTH) ": " text_of("reason"))
      }
      if (terminal && lines % 100 == 0) printf "\r%d lines done", lines > "/dev/stderr"
      if (!terminal && lines % 5000 == 0) tell(lines " lines done")
      next
    }
    /^\{/ { detail = text_of("detail"); if (detail == "") detail = text_of("title"); next }
    /^[0-9][0-9][0-9] [0-9]+$/ { status = $1; curl = $2 }
    END {
      code = rejected ? 1 : 0
      if (status == 200 && curl == 0) {
        if (terminal) printf "\r\033[K" > "/dev/stderr"
        printf "imported %d, unchanged %d, rejected %d\n", imported, unchanged, rejected
      }
      else if (status == 200) refuse("the connection broke after " lines + 0 " lines (curl: " curl "); what was imported stays, so import the same again")
      else if (status == "000") refuse("nothing answers at " base " (curl: " curl "): start the stack by deploy/up.sh, or say its port by PORT=n")
      else if (status == 401) refuse("the key is refused: ADMIN_KEY or .local/admin.key must be the key of the running stack")
      else refuse("refused with " status (detail == "" ? "" : ": " detail))
      exit code
    }'
}

main "$@"
