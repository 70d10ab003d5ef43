using System.CommandLine;

namespace Hfmc.Commands;

static class CompletionCommand
{
    public static Command Create()
    {
        var command = new Command("completion", "Print the script that completes hfmc's words in a shell");
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        command.Arguments.Add(shell);
        return command
            .WithExamples(
                "hfmc completion bash > ~/.local/share/bash-completion/completions/hfmc",
                "hfmc completion fish > ~/.config/fish/completions/hfmc.fish",
                "hfmc completion pwsh | Out-String | Invoke-Expression")
            .Runs((session, parsed, _) =>
            {
                session.Terminal.Data(Script(parsed.GetValue(shell)));
                return Task.FromResult(ExitCode.Ok);
            });
    }

    // Each asks the program itself ([suggest:POSITION] "LINE"), so a new command needs no new script. The line is put together
    // anew from "hfmc", because it may have been typed as a path.
    static string Script(string? shell) => shell switch
    {
        "bash" => """
            _hfmc() {
                local rest=${COMP_LINE#"${COMP_WORDS[0]}"}
                local cut=$((${#COMP_LINE} - ${#rest}))
                local line="hfmc$rest" word=${COMP_WORDS[COMP_CWORD]}
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - cut + 4))]" "$line" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _hfmc hfmc
            """,
        "zsh" => """
            #compdef hfmc
            _hfmc() {
                local line="hfmc ${(j: :)words[2,CURRENT]}"
                local -a found
                found=(${(f)"$(${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)"})
                if (( $#found )); then
                    compadd -- $found
                else
                    _files
                fi
            }
            if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
                _hfmc "$@"
            else
                compdef _hfmc hfmc
            fi
            """,
        "fish" => """
            function __hfmc_complete
                set -l words (commandline -opc)
                set -l line (string join ' ' -- hfmc $words[2..-1] (commandline -ct))
                $words[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
            end
            complete -c hfmc -a '(__hfmc_complete)'
            """,
        _ => """
            Register-ArgumentCompleter -Native -CommandName hfmc -ScriptBlock {
                param($word, $tree, $position)
                $program = $tree.CommandElements[0].Extent.Text
                $line = 'hfmc' + $tree.Extent.Text.Substring($program.Length)
                $line = $line.PadRight($position - $tree.Extent.StartOffset - $program.Length + 4)
                & $program "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };
}
