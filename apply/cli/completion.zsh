#compdef assetform
# zsh completion for assetform: source <(assetform completion zsh), or as a file
# _assetform in a directory of $fpath.
_assetform() {
  local -a found shown lines
  local line
  lines=("${(@f)$("${words[1]}" completion --words -- "${(@Q)words[2,CURRENT-1]}" "${(Q)words[CURRENT]}" 2>/dev/null)}")
  for line in "${lines[@]}"; do
    [[ -z $line ]] && continue
    found+=("${line%%$'\t'*}")
    if [[ $line == *$'\t'* ]]; then
      shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
    else
      shown+=("$line")
    fi
  done
  if (( ${#found} )); then
    if [[ ${found[1]} == *= ]]; then
      compadd -S '' -l -d shown -a found
    else
      compadd -l -d shown -a found
    fi
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _assetform ]]; then
  _assetform "$@"
else
  compdef _assetform assetform
fi
