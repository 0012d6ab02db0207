#!/usr/bin/env bash
# Imports articles into the running stack: NDJSON with an article a line, an RSS, Atom or JSON Feed file, a WordPress export, or a
# portal's page saved as text. Which of them it is, it sees itself.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

attempts=20 # one after the other that bring nothing
pause=3     # seconds between them

usage() {
  cat >&2 <<'EOT'
Usage: deploy/import.sh [--language en] [--zone Asia/Baku] [--encoding windows-1251] FILE|-
  FILE is NDJSON, RSS, Atom, JSON Feed, a WordPress export (WXR), or a portal's page saved as text; - reads it from stdin.
  --language is a feed's or page's: the language it is in, where a feed does not say it or says it wrong.
  --zone is a page's: the time zone of its clock.
  --encoding is a feed's or page's: the encoding of its letters, where a feed does not say it. JSON is always in UTF-8.
  Rejected lines (items of a feed), and what was left out of others, are named on stderr;
  the last line is 'imported N, unchanged N, rejected N'.
  If the service goes away, a file is gone on with after the last line that was answered; so it is by importing it again, since what
  is there already is passed over quickly.
Exit code: 0 nothing was rejected, 1 something was, 2 the import could not be done.
EOT
  exit 2
}

main() {
  local language='' zone='' encoding='' file='' query type start
  while (($#)); do
    case $1 in
      --language)
        [[ ${2-} ]] || usage
        language=$2
        shift
        ;;
      --zone)
        [[ ${2-} ]] || usage
        zone=$2
        shift
        ;;
      --encoding)
        [[ ${2-} =~ ^[A-Za-z0-9._:-]+$ ]] || usage
        encoding=$2
        shift
        ;;
      -?*) usage ;;
      *)
        [[ ! $file && $1 ]] || usage
        file=$1
        ;;
    esac
    shift
  done
  [[ $file ]] || usage
  have curl || fail "curl is needed: install the package curl" 2
  [[ $file == - || -f $file && -r $file ]] || fail "$file is no file that can be read" 2
  use_port
  use_admin_key

  if [[ $file == - ]]; then read_start; else read_start <"$file"; fi
  type=$(type_of_start)
  query='publish=true'
  [[ $type != application/x-ndjson || ! $language ]] ||
    fail "--language is for feeds and a portal's page: lines of JSON say it themselves" 2
  [[ $type == text/plain || ! $zone ]] || fail "--zone is for a portal's page: times elsewhere say it themselves" 2
  [[ $type != *json || ! $encoding ]] || fail "--encoding is for feeds and a portal's page: JSON is in UTF-8" 2
  [[ ! $encoding ]] || type+="; charset=$encoding"
  [[ ! $language ]] || query+="&language=$(url_encode "$language")"
  [[ ! $zone ]] || query+="&zone=$(url_encode "$zone")"
  import
}

import() {
  local imported=0 unchanged=0 rejected=0 lines=0 last=0 failures=0 from status curl i u r n detail
  while :; do
    from=$last
    IFS=$'\t' read -r status curl last n i u r detail < <(content | send | tally)
    lines=$((lines + n)) imported=$((imported + i)) unchanged=$((unchanged + u)) rejected=$((rejected + r))
    [[ $status != 200 || $curl != 0 ]] || break
    ((last == from)) || failures=0
    if ! may_pass || ((++failures > attempts)); then refuse; fi
    printf '%s: %s after %d lines; going on from there\n' "${0##*/}" "$(what_happened)" "$lines" >&2
    sleep "$pause"
  done
  say "imported $imported, unchanged $unchanged, rejected $rejected"
  ((rejected == 0)) || exit 1
}

content() {
  if [[ $file == - ]]; then
    printf %s "$start"
    cat
  elif [[ $type == application/x-ndjson ]]; then
    tail -n "+$((from + 1))" "$file"
  else
    cat "$file"
  fi
}

# Whether the same may work a moment later. Who never reached the stack has mistaken the address.
may_pass() {
  [[ $file != - ]] || return 1
  case $status in
    502 | 503 | 504) ;;
    200) ((curl != 0)) ;;
    *) ((curl != 0 && lines > 0)) ;;
  esac
}

what_happened() {
  case $status in
    200) echo "the connection broke (curl: $curl)" ;;
    000) echo "nothing answers (curl: $curl)" ;;
    *) echo "refused with $status" ;;
  esac
}

refuse() {
  local again="what was imported stays, so import the same again: what is there already is passed over quickly"
  if ((lines > 0)); then fail "$(what_happened) after $lines lines; $again" 2; fi
  case $status in
    200) fail "$(what_happened) before any line was answered; $again" 2 ;;
    000) fail "nothing answers at $base (curl: $curl): start the stack by deploy/up.sh, or say its port by PORT=n" 2 ;;
    401) fail "the key is refused: ADMIN_KEY or .local/admin.key must be the key of the running stack" 2 ;;
    *) fail "refused with $status${detail:+: $detail}" 2 ;;
  esac
}

# What a text begins with is read byte by byte, so that nothing of a pipe is lost: up to the first letter, and of JSON the first line.
read_start() {
  local byte='' rest='' LC_ALL=C
  start=
  until [[ $byte && $byte != [$' \t\r\n\xEF\xBB\xBF'] ]]; do
    IFS= read -r -d '' -N 1 byte || fail "there is nothing in it to import" 2
    start+=$byte
  done
  [[ $byte == '{' ]] || return 0
  if IFS= read -r -n 512 rest && ((${#rest} < 512)); then rest+=$'\n'; fi
  start+=$rest
}

type_of_start() {
  local blank=$'[ \t\r\n\xEF\xBB\xBF]*' version='"version"[[:space:]]*:[[:space:]]*"https?:\\?/\\?/jsonfeed\.org' LC_ALL=C
  if [[ $start =~ ^$blank'{'[[:space:]]*$ ]]; then
    echo application/feed+json # JSON in several lines
  elif [[ $start =~ ^$blank'{' ]]; then
    if [[ $start =~ $version ]]; then echo application/feed+json; else echo application/x-ndjson; fi
  elif [[ $start == *'<' ]]; then
    echo application/xml
  else
    echo text/plain
  fi
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
send() { # content on stdin
  local code=0
  curl_as_admin -N -X POST -T - -H "Content-Type: $type" -H 'Expect:' -w '\n%{http_code}' "$base/api/import?$query" || code=$?
  echo " $code"
}

# Names what is rejected; then a line: status, curl's exit code, last line answered, lines, imported, unchanged, rejected, detail.
# Lines of JSON were sent from the one after $from and are numbered from 1 again; of anything else all was sent, and those are passed over.
tally() {
  local terminal=0 offset=0
  [[ ! -t 2 ]] || terminal=1
  [[ $type != application/x-ndjson ]] || offset=$from
  awk -v terminal="$terminal" -v from="$from" -v offset="$offset" -v before="$lines" '
    BEGIN { last = from; status = "000"; curl = 0 }
    function tell(text) { printf "%s%s\n", terminal ? "\r\033[K" : "", text > "/dev/stderr" }
    function text_of(member,    at, text) {
      at = index($0, "\"" member "\":\"")
      if (!at) return ""
      text = substr($0, at + length(member) + 4)
      gsub(/\\\\/, "\001", text); gsub(/\\"/, "\002", text)
      sub(/".*/, "", text)
      gsub(/\\[nrt]/, " ", text); gsub(/\002/, "\"", text); gsub(/\001/, "\\", text)
      return text
    }
    /^\{"line":[0-9]+,.*\}$/ {
      match($0, /[0-9]+/)
      number = substr($0, RSTART, RLENGTH) + offset
      if (number <= from) next
      last = number
      lines++
      if (/^\{"line":[0-9]+,"outcome":"imported"/) {
        imported++
        if (/"note":"/) tell("line " number ", imported: " text_of("note"))
      }
      else if (/^\{"line":[0-9]+,"outcome":"unchanged"/) unchanged++
      else {
        rejected++
        tell("line " number ": " text_of("reason"))
      }
      if (terminal && lines % 100 == 0) printf "\r%d lines done", before + lines > "/dev/stderr"
      if (!terminal && (before + lines) % 5000 == 0) tell(before + lines " lines done")
      next
    }
    /^\{/ && !/^\{"line"/ { detail = text_of("detail"); if (detail == "") detail = text_of("title"); next }
    /^[0-9][0-9][0-9] [0-9]+$/ { status = $1; curl = $2 }
    END {
      if (terminal) printf "\r\033[K" > "/dev/stderr"
      printf "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", status, curl, last, lines, imported, unchanged, rejected, detail
    }'
}

main "$@"
