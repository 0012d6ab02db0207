#!/usr/bin/env bash
# Says whether the code has the project's style; with --fix, puts right what a tool can put right.
# CSharpier lays out the C#, dotnet format applies the rules of .editorconfig, shfmt and shellcheck look after the
# scripts, and no line of code or prose is longer than 140 characters.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
longest=140

main() {
  local fix=
  case ${1-} in
    '') ;;
    --fix) fix=1 ;;
    *) fail "usage: deploy/style.sh [--fix]" 2 ;;
  esac
  cd "$root"
  provide_tools
  leave_no_compilers

  say "C#"
  dotnet tool restore >/dev/null
  if [[ $fix ]]; then
    dotnet csharpier format .
    dotnet format NewsPlatform.sln --severity warn
  else
    dotnet csharpier check . || fail "CSharpier would lay it out otherwise: run deploy/style.sh --fix"
    dotnet format NewsPlatform.sln --severity warn --verify-no-changes || fail "dotnet format finds fault: run deploy/style.sh --fix"
  fi

  say "Scripts"
  mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
  if [[ $fix ]]; then shfmt -w -i 2 -ci "${scripts[@]}"; fi
  shfmt -d -i 2 -ci "${scripts[@]}" || fail "shfmt would lay them out otherwise: run deploy/style.sh --fix"
  shellcheck "${scripts[@]}"

  say "Lines"
  no_long_lines
}

provide_tools() {
  local missing=()
  have shfmt || missing+=(shfmt)
  have shellcheck || missing+=(shellcheck)
  ((${#missing[@]})) || return 0
  install_packages style "${missing[@]}" || fail "needed, and could not be installed: ${missing[*]}"
}

# A line of one word, such as an address, cannot be broken.
no_long_lines() {
  local found
  found=$(git ls-files '*.cs' '*.cshtml' '*.sh' '*.md' .ci/run | LC_ALL=C.UTF-8 xargs grep -nHE "^.{$((longest + 1)),}$" |
    grep -vE '^[^:]+:[0-9]+: *[^ ]+$' | cut -c 1-120 || true)
  [[ ! $found ]] || {
    echo "$found"
    fail "$(wc -l <<<"$found") lines are longer than $longest characters"
  }
}

main "$@"
