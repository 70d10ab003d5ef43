using System.Globalization;
using System.Net;
using Hfmc.Testing;

namespace Hfmc.FakeHubHost;

/// <summary>What the command line said. Sizes in bytes.</summary>
sealed record Arguments
{
    public const string Usage = """
        hfmc-fakehub --repo OWNER/NAME [--type model|dataset|space] [--size BYTES] [--files N --file-size BYTES] [--small N]
                     [--port N] [--cdn-port N] [--bind ADDRESS] [--token T] [--gated] [--private] [--xet]
                     [--style official|direct] [--warm-up OWNER/NAME] [--bytes-per-second N] [--bytes-per-second-each N] [--latency-ms N]
                     [--lacks PART,...] [--lacks-with STYLE] [--fault KIND[:BYTES][=HEADER]]... [--odd-names]

        Serves one repo: config.json, model.safetensors of --size bytes, --files shards of --file-size bytes, and --small
        files of 10,000 bytes. With --warm-up a second repo of 8 MiB and 50 small files, for clients that should have fetched
        something before.
        --lacks names parts of the API that it does not have (tree, pathsinfo, authcheck, siblings, siblingblobs, head, info, length),
        --lacks-with what is answered then (notfoundpage, notfoundjson, methodnotallowed, notimplemented, page). --fault puts a fault
        of the test hub in force for all files, such as nocontentrange, packed=gzip or shortrange:1000. --odd-names adds files whose
        names have a colon, a bar, a backslash, a line end and two dots.
        Prints its addresses as one line of JSON when ready, and the bytes it served per etag as one line for each line on its
        stdin and when stopped.
        """;

    public string Repo { get; private set; } = "acme/tiny";
    public string Type { get; private set; } = "model";
    public long? Size { get; private set; }
    public int Files { get; private set; }
    public long FileSize { get; private set; } = 10_000_000;
    public int Small { get; private set; }
    public int Port { get; private set; }
    public int CdnPort { get; private set; }
    public IPAddress Bind { get; private set; } = IPAddress.Loopback;
    public string? Token { get; private set; }
    public bool Gated { get; private set; }
    public bool Private { get; private set; }
    public bool Xet { get; private set; }
    public string? WarmUp { get; private set; }
    public string Style { get; private set; } = "official";
    public long? BytesPerSecond { get; private set; }
    public long? BytesPerSecondEach { get; private set; }
    public TimeSpan Latency { get; private set; }
    public HubParts Lacks { get; private set; }
    public LackStyle LacksWith { get; private set; }
    public List<Fault> Faults { get; } = [];
    public bool OddNames { get; private set; }

    /// <summary>Throws FormatException for what it does not know.</summary>
    public static Arguments Parse(string[] words)
    {
        var said = new Arguments();
        for (var at = 0; at < words.Length; at++)
            if (!said.TakeFlag(words[at]))
                said.TakeOption(words[at], ++at < words.Length ? words[at] : throw new FormatException($"{words[at - 1]} wants a value"));
        return said;
    }

    bool TakeFlag(string word)
    {
        switch (word)
        {
            case "--gated": Gated = true; return true;
            case "--private": Private = true; return true;
            case "--xet": Xet = true; return true;
            case "--odd-names": OddNames = true; return true;
            default: return false;
        }
    }

    void TakeOption(string name, string value)
    {
        switch (name)
        {
            case "--repo": Repo = value; break;
            case "--type": Type = value; break;
            case "--size": Size = Number(value); break;
            case "--files": Files = (int)Number(value); break;
            case "--file-size": FileSize = Number(value); break;
            case "--small": Small = (int)Number(value); break;
            case "--port": Port = (int)Number(value); break;
            case "--cdn-port": CdnPort = (int)Number(value); break;
            case "--bind": Bind = IPAddress.Parse(value); break;
            case "--token": Token = value; break;
            case "--warm-up": WarmUp = value; break;
            case "--style": Style = value; break;
            case "--bytes-per-second": BytesPerSecond = Number(value); break;
            case "--bytes-per-second-each": BytesPerSecondEach = Number(value); break;
            case "--latency-ms": Latency = TimeSpan.FromMilliseconds(Number(value)); break;
            case "--lacks": Lacks = Word<HubParts>(value); break;
            case "--lacks-with": LacksWith = Word<LackStyle>(value); break;
            case "--fault": Faults.Add(FaultOf(value)); break;
            default: throw new FormatException($"there is no option {name}");
        }
    }

    // KIND[:BYTES][=HEADER]
    static Fault FaultOf(string text)
    {
        var (kind, header) = text.IndexOf('=') is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
        var parts = kind.Split(':');
        return new(Word<FaultKind>(parts[0]), parts.Length > 1 ? Number(parts[1]) : 0) { Header = header };
    }

    static T Word<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var word) ? word : throw new FormatException($"{text} is none of {string.Join(", ", Enum.GetNames<T>())}");

    static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
