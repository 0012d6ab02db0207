#!/usr/bin/env bash
# Runs the stack for whoever works on it: the servers, and every service under 'dotnet watch', so that a changed line is served in
# seconds. It says where the logs are and shows them until Ctrl-C, which stops the services and keeps the data. Needs no containers.
set -euo pipefail
cd "$(dirname "$0")/.."

trap 'deploy/down.sh' EXIT
UP=watch deploy/up.sh
printf '\nThe logs: .local/log/{publishing,feed,notifications,gateway}.log\nCtrl-C ends it.\n\n'
tail -q -n 0 -F .local/log/{publishing,feed,notifications,gateway}.log
