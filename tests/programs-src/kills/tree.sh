# Pipelines and subshells side by side.
for round in 1 2 3; do
    for job in 1 2 3; do
        (
            for i in 1 2 3 4 5; do echo "$round $job $i"; done | sort -r | head -n 3
            [ -r "$0" ] && echo "$job read" || exit 1
        ) &
    done
    wait
done
echo end
