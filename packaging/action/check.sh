#!/usr/bin/env bash
# Checks, and tells it three times: at the lines, in the summary of the job, and as SARIF. The step itself succeeds, so that the findings
# are uploaded in any case; the code is what the last step ends with.
set -uo pipefail
read -r -a paths <<< "$SPINLINT_PATHS"
read -r -a arguments <<< "$SPINLINT_ARGUMENTS"
check() { spinlint check "${paths[@]}" ${arguments[@]+"${arguments[@]}"} --format "$1"; }
check github
code=$?
sarif=$RUNNER_TEMP/spinlint.sarif
check sarif > "$sarif" 2>/dev/null
check markdown >> "$GITHUB_STEP_SUMMARY" 2>/dev/null
{ echo "code=$code" && echo "sarif-file=$sarif"; } >> "$GITHUB_OUTPUT"
