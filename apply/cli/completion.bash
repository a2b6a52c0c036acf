# bash completion for assetform: source <(assetform completion bash)
#
# Addresses hold characters that bash breaks words at ("=" and ":") or that the
# shell would take for its own ("[" and quotes). So the line is taken apart
# here, and what is put on it is quoted.
_assetform() {
  local line="${COMP_LINE:0:COMP_POINT}" word="" quote="" begun="" char i
  local -a words=()
  for ((i = 0; i < ${#line}; i++)); do
    char="${line:i:1}"
    if [[ -n $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=""; else word+="$char"; fi
    elif [[ $char == "'" || $char == '"' ]]; then
      quote="$char"
      begun="$word"
    elif [[ $char == "\\" ]]; then
      ((i++))
      word+="${line:i:1}"
    elif [[ $char == [[:space:]] ]]; then
      if [[ -n $word ]]; then words+=("$word"); fi
      word=""
    else
      word+="$char"
    fi
  done
  COMPREPLY=()
  # Bash puts a candidate in the place of what follows the last break. What
  # stands before that, in an open quote or before "=" and ":", is cut off.
  local start="" break
  if [[ -n $quote ]]; then
    start="$begun"
  else
    for break in "=" ":"; do
      if [[ $COMP_WORDBREAKS == *"$break"* && ${word#"$start"} == *"$break"* ]]; then
        start="${word%"${word##*"$break"}"}"
      fi
    done
  fi
  local found
  while IFS= read -r found; do
    found="${found%%$'\t'*}"
    found="${found#"$start"}"
    if [[ -z $quote ]]; then printf -v found %q "$found"; fi
    COMPREPLY+=("$found")
  done < <("${words[0]}" completion --words -- "${words[@]:1}" "$word" 2>/dev/null)
  if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  if ((${#COMPREPLY[@]} == 0)); then compopt -o default 2>/dev/null; fi
}
complete -F _assetform assetform
