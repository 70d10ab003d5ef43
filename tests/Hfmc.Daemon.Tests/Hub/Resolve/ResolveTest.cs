using System.Net;
using Hfmc.Core.Repos;
using Hfmc.Testing;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A repo with a big, a small and an empty file at the upstream, and nothing of it at the daemon.</summary>
public abstract class ResolveTest : HubTest
{
    protected const int Size = (5 << 20) + 321;

    protected const string Big = "/acme/big/resolve/main/weights/model.bin";

    static protected readonly PatternContent Weights = new(Size, seed: 71);

    private protected FakeRepo Repo { get; private set; } = null!;

    private protected CommitId Commit { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Repo = Upstream.Add("acme/big");
        Commit = Repo.Commit(new Dictionary<string, FileContent>
        {
            ["weights/model.bin"] = Weights,
            ["config.json"] = BytesContent.Of("{}"),
            ["empty"] = BytesContent.Of(""),
        });
    }

    private protected async Task<Sent> GetAsync(string target, params (string, string)[] headers) => await Sent.OfAsync(await Daemon.GetAsync(target, headers), Cancelled);

    private protected async Task<Sent> HeadAsync(string target, params (string, string)[] headers) =>
        await Sent.OfAsync(await Daemon.SendAsync(HttpMethod.Head, target, headers), Cancelled);

    /// <summary>The file has come to its place in the daemon's cache.</summary>
    private protected async Task KeptAsync(string path = "weights/model.bin")
    {
        var folder = Daemon.Cache.Repo(Repo.Id);
        while (folder.FindFile(Commit, FilePath.Parse(path)) is null)
            await Task.Delay(10, Cancelled);
    }
}

/// <summary>An answer with bytes.</summary>
sealed record Sent(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public static async Task<Sent> OfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using (answer)
            return new(
                answer.StatusCode,
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
                await answer.Content.ReadAsByteArrayAsync(cancellationToken));
    }
}
