#!/usr/bin/env bash
# Walks through kiln as three users do, and takes the pictures of docs/walk.md.
set -euo pipefail
source "$(dirname "$0")/terminal.sh"

# The admin's hour: what stands worst, a batch of safe fixes, and the way back.
open_demo --theme dark
command_line posture
until_shown "The next three"
draw walk/admin-1-posture
command_line pod
narrow "fix:safe owner:kubectl check:seccomp"
press Space; press Down; press Space; press Down; press Space
until_shown "3 marked"
draw walk/admin-2-marked
press f
until_shown "Apply 3"
settle
draw walk/admin-3-preview
press Tab; press Enter
until_shown "SEVERITY"
settle
command_line journal
until_shown "✓ applied"
draw walk/admin-4-journal
press U
until_shown "Undo"
settle
press Tab; press Enter
until_shown "undone"
settle
draw walk/admin-5-undone
close_demo

# The learner's first lesson: the path, the lesson, and a request followed
# through the API server.
open_demo --theme light
command_line "learn path"
until_shown "NEXT"
draw walk/learner-1-path -light
command_line "learn pod/privileged"
until_shown "What it is"
draw walk/learner-2-lesson -light
command_line "findings"
narrow "pod/privileged.*debug-shell"
press t
until_shown "Follow a request"
settle
press Enter
until_shown "dmission"
settle
draw walk/learner-3-request -light
close_demo

# The engineer on call: two minutes, a small window, over a slow line.
columns=80 rows=24
open_demo --theme dark --namespace payments
draw walk/oncall-1-findings
press x
until_shown "ACTION"
draw walk/oncall-2-actions
press Escape
until_shown "SEVERITY"
settle
press m
until_shown "reach"
settle
draw walk/oncall-3-reach
close_demo
