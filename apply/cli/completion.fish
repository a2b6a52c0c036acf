# fish completion for assetform: assetform completion fish | source
function __assetform_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string unescape)
    $words[1] completion --words -- $words[2..-1] "$current" 2>/dev/null
end
function __assetform_has
    test (count (__assetform_complete)) -gt 0
end
complete -c assetform -n __assetform_has -f -a '(__assetform_complete)'
