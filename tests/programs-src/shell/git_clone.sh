# Clones a repository by copying, by its protocol and shallowly; packs, prunes and checks.
git="git --no-pager -c safe.directory=* -c protocol.file.allow=always -c gc.auto=0"
$git clone -q "$1" copy
$git clone -q --no-local "$1" packed
$git clone -q --depth 3 "file://$1" shallow
$git -C copy log --oneline | wc -l
$git -C shallow log --format='%h %s'
$git -C packed config gc.autoDetach false
$git -C packed branch side HEAD~5
$git -C packed gc -q --prune=now
$git -C packed count-objects -v | grep -E '^(count|packs|in-pack)'
$git -C packed fsck --full 2>&1 | sort
$git -C copy rev-parse HEAD; $git -C packed rev-parse HEAD
$git -C copy remote -v | sed "s|$1|THERE|"
$git clone -q --bare copy bare.git
(cd copy && echo more >> file1 && $git commit -qam 'More' && $git push -q ../bare.git HEAD:refs/heads/new)
$git -C packed fetch -q ../bare.git new && $git -C packed log -1 --format=%s FETCH_HEAD
$git -C packed archive HEAD | tar -tf - | wc -l
