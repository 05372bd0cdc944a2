# Rebases with and without a conflict, cherry-picks, applies mailed patches.
git="git --no-pager -c init.defaultBranch=main -c gc.auto=0 -c advice.mergeConflict=false"
$git init -q repository
cd repository
seq 1 30 > file && $git add file && $git commit -q -m 'Base'
for n in 3 10 20; do
    $git checkout -q -b "topic$n" main~0
    sed -i "${n}s/\$/ by topic/" file && $git commit -qam "Line $n"
    echo "$n" > "new$n" && $git add . && $git commit -q -m "New $n"
    $git checkout -q main
    sed -i "$((n + 5))s/\$/ by main/" file && $git commit -qam "Main $((n + 5))"
done
$git rebase -q main topic3
$git rebase -q topic3 topic10
sed -i '20s/.*/conflict/' file && $git commit -qam 'Conflict'
if $git rebase main topic20 > /dev/null 2>&1; then echo clean; fi
if $git rebase -q topic10 topic20 > /dev/null 2>&1; then echo clean; else
    $git status --short
    $git checkout -q --theirs file && $git add file && GIT_EDITOR=true $git rebase --continue > /dev/null 2>&1
fi
GIT_SEQUENCE_EDITOR='sed -i 2s/pick/fixup/' $git rebase -q -i HEAD~3 > /dev/null 2>&1
$git log --format='%h %s' topic20
$git checkout -q main
$git cherry-pick topic3 > /dev/null && $git log -1 --format='%h %s'
$git format-patch -q -2 topic10 -o patches
$git checkout -q -b mailed topic3
$git am -q patches/*.patch > /dev/null 2>&1 || { echo 'am stops'; $git am --abort; }
$git log -3 --format=%s; $git reflog | wc -l
