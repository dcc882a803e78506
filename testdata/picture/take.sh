#!/usr/bin/env bash
# Takes the README's pictures.
set -euo pipefail
source "$(dirname "$0")/terminal.sh"

open_demo --theme dark
draw findings
narrow "pod/privileged.*search"
press f
until_shown "Apply"
draw fix
