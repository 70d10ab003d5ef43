using System.CommandLine;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>The options that every command takes.</summary>
static class GlobalOptions
{
    static readonly Option<bool> s_json = new("--json") { Description = "Print one line of JSON on stdout", Recursive = true };
    static readonly Option<bool> s_quiet = new("--quiet", "-q") { Description = "Print nothing but data and errors", Recursive = true };
    static readonly Option<bool> s_verbose = new("--verbose") { Description = "Say more on stderr", Recursive = true };
    static readonly Option<bool> s_noColor = new("--no-color") { Description = "No colours (also by NO_COLOR)", Recursive = true };

    public static IEnumerable<Option> All => [s_json, s_quiet, s_verbose, s_noColor];

    public static OutputMode Read(ParseResult parsed) =>
        new(parsed.GetValue(s_json), parsed.GetValue(s_quiet), parsed.GetValue(s_verbose), parsed.GetValue(s_noColor));
}
