#!/bin/bash
#SBATCH --job-name=clew-hunt
#SBATCH --array=1-16
#SBATCH --cpus-per-task=2
#SBATCH --time=01:00:00
# One hunt on 16 nodes or cores: sbatch ci/slurm.sh ./tests/flaky ARGS...
# Each task has seeds of its own; the packed trace of a failure lands where the job was submitted.
set -u
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
export CLEW_TRACE_DIR=$scratch/traces
clew until-fail -n 3200 --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --seed "$SLURM_ARRAY_JOB_ID" -- "$@"
status=$?
[ $status -ne 1 ] || clew pack -o "$SLURM_SUBMIT_DIR/shard-$SLURM_ARRAY_TASK_ID.clew"
exit $status
