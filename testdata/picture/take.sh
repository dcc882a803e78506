#!/usr/bin/env bash
# Takes the README's pictures.
set -euo pipefail
source "$(dirname "$0")/terminal.sh"

open_demo --theme dark
draw findings
narrow "pod/privileged.*ci-runner"
press Enter
until_shown "Evidence"
draw finding
press f
until_shown "Apply"
draw fix
