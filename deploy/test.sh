#!/usr/bin/env bash
# Builds everything and runs every test, or with names (deploy/test.sh Feed Gateway) the tests of those.
# PostgreSQL and RabbitMQ come from Testcontainers where an engine answers, else (or with TEST=local)
# from private instances under .local/. The tests of a class run in the order that TEST_SEED shuffles
# (1 where it is not set, so that a run can be repeated anywhere; try others now and then).
# The last line is 'N passed, N failed, N skipped'.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
minutes=30 # after which a project's tests are taken for hanging
passed=0 failed=0 skipped=0 red=()
results=$(mktemp -d)

main() {
  local projects project
  cd "$root"
  projects=(tests/*.Tests)
  (($# == 0)) || projects=("${@/#/tests/}") projects=("${projects[@]/%/.Tests}")
  for project in "${projects[@]}"; do
    [[ -d $project ]] || fail "there is no $project" 2
  done

  build
  provide_servers
  provide_readers
  provide_checkers
  export TEST_SEED=${TEST_SEED:-1}
  say "The tests' order is that of TEST_SEED=$TEST_SEED"
  for project in "${projects[@]}"; do run "${project#tests/}"; done
  stop_servers
  ((${#red[@]} == 0)) || {
    # What each of them said, once more at the end, where somebody looks who was not there.
    grep -h -A 14 -E '^ {4}.* \[FAIL\]|^ {4}\[Test .* Failure' "$results"/*.log | head -n 400 || true
    printf 'Failed: %s\n' "${red[@]}"
  }
  rm -r "$results"
  say "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0))
}

build() {
  have dotnet || fail "the .NET SDK 10 is needed (https://dotnet.microsoft.com/download), and this machine has no dotnet"
  say "Building"
  leave_no_compilers
  dotnet build NewsPlatform.sln -c Release -v quiet --nologo -p:RestoreLockedMode=true ||
    fail "the build failed: see above"
}

provide_servers() {
  case ${TEST-} in
    local) ;;
    '') ! engine_answers || return 0 ;;
    *) fail "TEST=$TEST is unknown: leave it out, or set TEST=local to do without containers" 2 ;;
  esac
  export TEST_SERVERS_DIR=$state/test-servers
  trap stop_servers EXIT
  deploy/servers.sh up "$TEST_SERVERS_DIR"
}

stop_servers() {
  [[ ! ${TEST_SERVERS_DIR-} ]] || deploy/servers.sh down "$TEST_SERVERS_DIR"
}

# What the tests read the portal with: a browser, readers of feeds, a mail server, and proxies before it.
provide_readers() {
  local package=() file
  for file in chromium:/usr/bin/chromium newsboat:/usr/bin/newsboat python3-feedparser:/usr/lib/python3/dist-packages/feedparser \
    python3-aiosmtpd:/usr/lib/python3/dist-packages/aiosmtpd nginx:/usr/sbin/nginx haproxy:/usr/sbin/haproxy varnish:/usr/sbin/varnishd \
    varnish-modules:/usr/share/doc/varnish-modules; do
    [[ -e ${file#*:} ]] || package+=("${file%%:*}")
  done
  ((${#package[@]})) || return 0
  if ((EUID == 0)) && have apt-get; then
    install_packages readers "${package[@]}" || lack "${package[*]} could not be installed: see .local/log/readers.log"
  fi
  [[ -x /usr/bin/chromium ]] || say "There is no /usr/bin/chromium: the tests in a browser will be skipped"
  [[ -x /usr/bin/newsboat && -e /usr/lib/python3/dist-packages/feedparser ]] ||
    say "There is no newsboat or no feedparser: some tests of feeds will be skipped"
  [[ -e /usr/lib/python3/dist-packages/aiosmtpd ]] || say "There is no aiosmtpd: the tests of e-mail will be skipped"
  [[ -x /usr/sbin/nginx && -x /usr/sbin/haproxy ]] || say "There is no nginx or no haproxy: some tests of proxies will be skipped"
  [[ -x /usr/sbin/varnishd && -e /usr/share/doc/varnish-modules ]] || say "There is no Varnish with xkey: its tests will be skipped"
}

provide_checkers() {
  if have npm; then
    say "Installing the checkers of the documents (log: .local/log/checkers.log)"
    mkdir -p "$state/log"
    npm ci --prefix tests/Documents --ignore-scripts --no-audit --no-fund >"$state/log/checkers.log" 2>&1 ||
      lack "the checkers of the documents could not be installed: see .local/log/checkers.log"
  fi
  [[ -d tests/Documents/node_modules ]] ||
    say "There are no checkers (npm of Node.js 20.19 or newer): the tests of the documents will be skipped"
}

# Somebody at his own desk goes on without the tests that need it. In CI a run that has skipped them would prove less than it says.
lack() { # WHAT
  [[ ! ${CI-} ]] || fail "$1"
  say "$1"
}

run() { # PROJECT
  local code=0
  say "Running $1"
  timeout --foreground "${minutes}m" dotnet "tests/$1/bin/Release/net10.0/NewsPlatform.$1.dll" -noLogo -noColor \
    2>&1 | tee "$results/$1.log" || code=$?
  count "$1" "$code"
}

count() { # PROJECT EXIT-CODE
  local log=$results/$1.log code=$2 total errors fails skips others
  read -r total errors fails skips others < <(
    sed -nE 's/.* Total: (.*), Errors: (.*), Failed: (.*), Skipped: (.*), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" | tail -n 1
    echo
  )
  mapfile -t -O "${#red[@]}" red < <(sed -nE 's/^ *([^ ].*) \[FAIL\].*/\1/p' "$log")
  ((code == 0 || ${errors:-0} + ${fails:-0} > 0)) || {
    say "$1 ended with exit code $code$( ((code != 124)) || echo ", after $minutes minutes")"
    errors=1
  }
  passed=$((passed + ${total:-0} - ${fails:-0} - ${skips:-0} - ${others:-0}))
  failed=$((failed + ${errors:-0} + ${fails:-0}))
  skipped=$((skipped + ${skips:-0}))
}

main "$@"
