using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;

namespace Hfmc.Commands;

static class PeerCommand
{
    public static Command Create() => new Command("peer", "Choose the machines to take models from")
    {
        PeerAddCommand.Create(),
        PeerRmCommand.Create(),
        PeerLsCommand.Create(),
    }.WithExamples("hfmc peer add 192.168.1.7", "hfmc peer ls");
}

/// <summary>HOST[:PORT] and -p PORT, the same in the commands that name a peer.</summary>
sealed class PeerOptions
{
    readonly Argument<string> _host = new("HOST[:PORT]") { Description = "An IPv4 or IPv6 address or a name" };
    readonly Option<int?> _port = new("--port", "-p") { Description = $"Where the peer listens (default {PeerAddress.DefaultPort})", HelpName = "PORT" };

    public PeerOptions AddTo(Command command)
    {
        command.Arguments.Add(_host);
        command.Options.Add(_port);
        return this;
    }

    public PeerAddress Address(ParseResult parsed)
    {
        var (text, port) = (parsed.GetValue(_host) ?? "", parsed.GetValue(_port));
        // Said apart from a bad address, of which the message would speak.
        return port is null || PeerAddress.TryParse(text, port, out _) || !PeerAddress.TryParse(text, null, out var other)
            ? PeerAddress.Parse(text, port)
            : throw new InputException(port is > 0 and <= 65535
                ? $"two ports were given, {other.Port} and {port}: want one"
                : $"{port} is not a port: want 1 to 65535");
    }
}
