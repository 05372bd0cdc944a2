# Starts a repository; commits, merges, tags, stashes, with hooks.
git="git --no-pager -c init.defaultBranch=main -c gc.auto=0"
$git init -q repository
cd repository
cat > .git/hooks/pre-commit <<'END'
#!/bin/sh
git diff --cached --name-only | while read -r file; do echo "checked $file" >> ../hook.log; done
END
chmod +x .git/hooks/pre-commit
for n in 1 2 3 4 5; do
    seq $n 5 200 > "numbers$n"
    $git add . && $git commit -q -m "Numbers from $n"
done
$git checkout -q -b side HEAD~2
echo side > side && $git add side && $git commit -q -m 'Side'
$git checkout -q main
$git merge -q --no-edit side
echo changed >> numbers1
$git stash -q && $git stash pop -q
$git diff --stat
$git commit -qam 'Changed' && $git tag -a v1 -m 'One'
$git log --graph --format='%h %an %s' --all
$git shortlog -sn HEAD
$git describe HEAD
$git grep -c 7 HEAD -- numbers1
GIT_PAGER='sed s/^/paged:/' git -c core.pager='sed s/^/paged:/' log -2 --oneline
GIT_EDITOR='sed -i 1s/^/Edited:/' $git commit -q --amend && $git log -1 --format=%s
$git bisect start HEAD HEAD~4 > /dev/null && $git bisect run sh -c '! test -e side' > ../bisect.log 2>&1
grep -c 'is the first bad commit' ../bisect.log
cat ../hook.log | sort | uniq -c | wc -l
