# SPDX-License-Identifier: GPL-3.0-or-later
# A line with tabs in it, typed into an interactive shell that has the completions; prints what the
# shell shows, and what the completed command got as arguments, a line ARGS<...>.
#
#   zsh -f tests/packaging/complete.zsh bash|zsh COMPLETIONS UNIFLASH LINE
#
# COMPLETIONS is the file for bash, or the folder with _uniflash for zsh. Run in a folder of one's own.
zmodload zsh/zpty
setopt no_unset

shell=$1 completions=$2 executable=$3 text=$4

# Until the shell has shown PATTERN, or for 20 s.
shown=
wait_for() {
  local piece end=$((SECONDS + 20))
  shown=
  while [[ $shown != *$~1* ]] && ((SECONDS < end)); do
    if zpty -r -t shell piece; then shown+=$piece; else sleep 0.05; fi
  done
}

case $shell in
  zsh)
    zpty shell env -i PATH="$PATH" TERM=dumb HOME="$PWD" zsh -f -i
    setup="PS1=; fpath=(${(q)completions} \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=1000"
    ;;
  bash)
    zpty shell env -i PATH="$PATH" TERM=dumb HOME="$PWD" bash --norc --noprofile -i
    setup="PS1=; . ${(q)completions}; bind 'set bell-style none'; bind 'set page-completions off'; bind 'set enable-bracketed-paste off'; bind 'set show-all-if-ambiguous on'"
    ;;
esac

# The completions ask the command for the layouts.
setup+="; uniflash() { if [ \"\$1 \$2\" = '-q layouts' ]; then ${(q)executable} \"\$@\"; else echo \"ARGS<\$*>\"; fi; }"
zpty -w shell "stty -echo cols 160 rows 400; $setup; echo rea''dy"
wait_for 'ready'
zpty -w shell "$text"
wait_for 'ARGS<*>'
print -r -- ${shown//$'\r'/}
zpty -d shell
